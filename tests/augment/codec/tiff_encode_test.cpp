#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/codec/stored_images.h"
#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/png.h"
#include "doppel/codec/tiff.h"
#include "error_of.h"

namespace doppel {
namespace {

constexpr DecodeOptions kAsStored{.depth = ImageDepth::AsStored};

cv::Mat random_image(int rows, int cols, int type) {
  cv::Mat image(rows, cols, type);
  cv::RNG random(7);
  const double most = CV_MAT_DEPTH(type) == CV_8U ? 256 : CV_MAT_DEPTH(type) == CV_16U ? 65536 : 3;
  random.fill(image.reshape(1), cv::RNG::UNIFORM, CV_MAT_DEPTH(type) == CV_32F ? -3 : 0, most);
  return image;
}

bool same(const cv::Mat& a, const cv::Mat& b) {
  return a.type() == b.type() && a.size() == b.size() &&
         cv::norm(a.reshape(1), b.reshape(1), cv::NORM_INF) == 0;
}

TEST(TiffEncode, EveryBitOfEveryDepthAndNumberOfChannelsComesBack) {
  for (const int depth : {CV_8U, CV_16U, CV_32F})
    for (const int channels : {1, 2, 3, 4, 5, 64})
      for (const FourChannels four : {FourChannels::Rgba, FourChannels::Bands}) {
        const cv::Mat image = random_image(37, 41, CV_MAKETYPE(depth, channels));
        const std::vector<unsigned char> bytes = encode_tiff(image, four);
        const ImageFacts facts = facts_of(bytes, kAsStored);
        EXPECT_EQ(facts.channels, channels);
        EXPECT_EQ(facts.depth, depth);
        EXPECT_EQ(facts.has_alpha, channels == 4 && four == FourChannels::Rgba);
        cv::Mat again;
        const std::string problem = error_of([&] { again = decode_image(bytes, kAsStored); });
        if (lacks_plugin(problem)) GTEST_SKIP();
        ASSERT_EQ(problem, "");
        EXPECT_TRUE(same(again, image)) << depth << " " << channels;
      }
}

TEST(TiffEncode, PartsOfImagesAndLongRowsToo) {
  const cv::Mat image = random_image(9, 30000, CV_16UC3),
                part = random_image(50, 40, CV_32FC2)({3, 4, 20, 30});
  for (const cv::Mat& one : {image, part}) {
    cv::Mat again;
    const std::string problem = error_of([&] { again = decode_image(encode_tiff(one), kAsStored); });
    if (lacks_plugin(problem)) GTEST_SKIP();
    EXPECT_TRUE(same(again, one)) << problem;
  }
}

TEST(TiffEncode, WhatNoTiffHoldsIsNamed) {
  EXPECT_EQ(error_of([] { encode_tiff(cv::Mat(2, 2, CV_32SC1)); }),
            "a TIFF is written of 1 to 64 channels of CV_8U, CV_16U or CV_32F, not 1 of CV_32S");
  EXPECT_THROW(encode_tiff(cv::Mat(2, 2, CV_8UC(65))), Error);
  EXPECT_THROW(encode_tiff(cv::Mat()), Error);
}

TEST(PngEncode, SixteenBitsOfGreyRgbAndRgbaComeBack) {
  for (const int channels : {1, 3, 4}) {
    const cv::Mat image = random_image(7, 9, CV_16UC(channels));
    EXPECT_TRUE(same(decode_image(encode_png(image), kAsStored), image)) << channels;
  }
  EXPECT_EQ(error_of([] { encode_png(cv::Mat(2, 2, CV_32FC3)); }),
            "a PNG holds grey, RGB or RGBA of 8 or 16 bits, not 3 channels of CV_32F");
  EXPECT_THROW(encode_png(cv::Mat(2, 2, CV_8UC2)), Error);
  EXPECT_THROW(encode_png(cv::Mat(2, 2, CV_16UC(5))), Error);
}

TEST(WithChannels, SixteenBitsAndFloatsHaveTheirOwnWhite) {
  const cv::Mat wide = with_channels(cv::Mat(1, 1, CV_16UC1, cv::Scalar(7000)), 4);
  EXPECT_EQ(wide.at<cv::Vec4w>(0, 0), cv::Vec4w(7000, 7000, 7000, 65535));
  EXPECT_FALSE(is_transparent(wide));
  EXPECT_TRUE(is_transparent(cv::Mat(1, 1, CV_16UC4, cv::Scalar(1, 2, 3, 65534))));
  EXPECT_FALSE(is_transparent(with_channels(cv::Mat(1, 1, CV_32FC3, cv::Scalar(1, 2, 3)), 4)));
  EXPECT_EQ(error_of([] { with_channels(cv::Mat(1, 1, CV_8UC(5)), 3); }),
            "an image of 5 channels can't become one of 3: only grey, RGB and RGBA are made of each other");
  EXPECT_EQ(with_channels(cv::Mat(1, 1, CV_8UC(5)), 5).channels(), 5);
  EXPECT_THROW(with_channels(cv::Mat(1, 1, CV_8UC1), 65), UsageError);
}

}  // namespace
}  // namespace doppel
