// Transparency over a colour, exactly.
#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"

namespace doppel {
namespace {

TEST(WithChannels, EveryColorAndAlphaIsRoundedExactly) {
  cv::Mat image(256, 256, CV_8UC4);
  for (int a = 0; a < 256; ++a)
    for (int c = 0; c < 256; ++c)
      image.at<cv::Vec4b>(a, c) =
          cv::Vec4b(static_cast<unsigned char>(c), static_cast<unsigned char>(255 - c), 7,
                    static_cast<unsigned char>(a));
  for (const auto& [alpha, color] : {std::pair(AlphaOver::White, 255), std::pair(AlphaOver::Black, 0)}) {
    const cv::Mat rgb = with_channels(image, 3, alpha);
    ASSERT_EQ(rgb.type(), CV_8UC3);
    for (int a = 0; a < 256; ++a)
      for (int c = 0; c < 256; ++c) {
        const auto wanted = [&](int v) { return std::lround((v * a + color * (255 - a)) / 255.0); };
        const auto pixel = rgb.at<cv::Vec3b>(a, c);
        ASSERT_EQ(pixel[0], wanted(c)) << c << " " << a;
        ASSERT_EQ(pixel[1], wanted(255 - c)) << c << " " << a;
        ASSERT_EQ(pixel[2], wanted(7)) << a;
      }
  }
}

TEST(WithChannels, WideNumbersAndFloatsAreBlendedAlike) {
  const cv::Mat wide(1, 1, CV_16UC4, cv::Scalar(40000, 65535, 0, 20000));
  const auto over_white = with_channels(wide, 3).at<cv::Vec3w>(0, 0);
  EXPECT_EQ(over_white[0], std::lround((40000. * 20000 + 65535. * 45535) / 65535));
  EXPECT_EQ(over_white[1], 65535);
  EXPECT_EQ(over_white[2], 45535);
  const cv::Mat real(1, 1, CV_32FC4, cv::Scalar(0.5, 1, 0, 0.25));
  EXPECT_EQ(with_channels(real, 3).at<cv::Vec3f>(0, 0), cv::Vec3f(0.875F, 1, 0.75F));
  EXPECT_EQ(with_channels(real, 3, AlphaOver::Black).at<cv::Vec3f>(0, 0), cv::Vec3f(0.125F, 0.25F, 0));
}

TEST(WithChannels, GreyComesAfterTheColorIsPutBelow) {
  const cv::Mat image(1, 1, CV_8UC4, cv::Scalar(10, 200, 90, 100));
  const cv::Mat grey = with_channels(image, 1, AlphaOver::Black);
  EXPECT_EQ(grey.at<unsigned char>(0, 0),
            with_channels(with_channels(image, 3, AlphaOver::Black), 1).at<unsigned char>(0, 0));
  const cv::Mat hidden(1, 1, CV_8UC4, cv::Scalar(10, 200, 90, 0));
  EXPECT_EQ(with_channels(hidden, 1).at<unsigned char>(0, 0), 255);
  EXPECT_EQ(with_channels(hidden, 3, AlphaOver::Drop).at<cv::Vec3b>(0, 0), cv::Vec3b(10, 200, 90));
}

TEST(WithChannels, KeepsAlphaOnlyWhereThereIsRoomForIt) {
  const cv::Mat image(2, 3, CV_8UC4, cv::Scalar(10, 200, 90, 100));
  EXPECT_EQ(with_channels(image, 0).data, image.data);
  EXPECT_EQ(with_channels(image, 0, AlphaOver::Keep).data, image.data);
  EXPECT_EQ(with_channels(image, 4, AlphaOver::Keep).data, image.data);
  EXPECT_THROW(with_channels(image, 3, AlphaOver::Keep), UsageError);
  EXPECT_THROW(with_channels(image, 1, AlphaOver::Keep), UsageError);
  EXPECT_THROW(with_channels(image, 2), UsageError);
  const cv::Mat opaque = with_channels(cv::Mat(1, 1, CV_8UC1, cv::Scalar(9)), 4);
  EXPECT_EQ(opaque.at<cv::Vec4b>(0, 0), cv::Vec4b(9, 9, 9, 255));
}

}  // namespace
}  // namespace doppel
