#include "render/sampling/area.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(AreaReader, IsForUnturnedMapsThatShrink) {
  EXPECT_TRUE(shrinks_straight(scaling(2.1, 1)));
  EXPECT_TRUE(shrinks_straight(scaling(1, -3)));  // mirrored
  EXPECT_FALSE(shrinks_straight(scaling(2, 2)));
  EXPECT_TRUE(shrinks_straight(scaling(2, 2), 1));
  EXPECT_FALSE(shrinks_straight(rotation(10) * scaling(3, 3)));
  EXPECT_FALSE(shrinks_straight(Matrix3{{3, 0, 0, 0, 3, 0, 0.01, 0, 1}}));
}

TEST(AreaReader, AxesWeighWhatLiesUnderAPixel) {
  // Pixels of 2.5 from 0.5 on: the first covers half of 0, all of 1 and 2.
  const AreaAxis axis({0.5, 2.5, 4}, 10, Fill::Kind::Color, AreaAxis::Reads::Areas);
  const std::vector<double> first{0.2, 0.4, 0.4}, second{0, 0, 0, 0.4, 0.4, 0.2};
  for (int i = 0; i < 4; ++i) {
    double sum = 0;
    std::vector<double> at(11, 0.0);
    for (int t = 0; t < axis.taps(); ++t) {
      const int place = axis.places(i)[t];
      at[static_cast<std::size_t>(place < 0 ? 10 : place)] += static_cast<double>(axis.weights(i)[t]);
      sum += static_cast<double>(axis.weights(i)[t]);
    }
    EXPECT_NEAR(sum, 1, 1e-6);
    for (std::size_t k = 0; k < 3 && i == 0; ++k) EXPECT_NEAR(at[k], first[k], 1e-6);
    for (std::size_t k = 0; k < 6 && i == 1; ++k) EXPECT_NEAR(at[k], second[k], 1e-6);
    if (i == 3) { EXPECT_NEAR(at[10], 0.2, 1e-6); }  // 10 to 10.5 is the border's
  }
  const AreaAxis between({0.5, 2.5, 1}, 10, Fill::Kind::Color, AreaAxis::Reads::Between);
  EXPECT_EQ(between.taps(), 2);
  EXPECT_EQ(between.places(0)[0], 1);  // the pixel's centre is at 1.75: a quarter beyond that of pixel 1
  EXPECT_NEAR(between.weights(0)[0], 0.75, 1e-6);
  EXPECT_NEAR(between.weights(0)[1], 0.25, 1e-6);
}

TEST(AreaReader, SmallerImagesAreOpenCvsByAreas) {
  for (const int depth : {CV_8U, CV_32F})
    for (const int channels : {1, 3, 4})
      for (const Size size : {Size{1, 1}, Size{7, 5}, Size{10, 31}}) {
        const cv::Mat image = wavy(40, 31, channels, depth);
        const cv::Mat small = shrunk(image, size);
        cv::Mat expected;
        cv::resize(image, expected, {size.width, size.height}, 0, 0, cv::INTER_AREA);
        EXPECT_LE(largest_difference(small, expected), depth == CV_8U ? 1 : 0.01) << size.height;
        if (depth == CV_32F) { EXPECT_LT(cv::norm(cv::mean(small), cv::mean(image)), 1e-5); }
      }
}

TEST(AreaReader, ReadsMirroredAndBeyondTheBorder) {
  const cv::Mat image = (cv::Mat_<cv::Vec3b>(1, 4) << cv::Vec3b(0, 10, 20), cv::Vec3b(20, 10, 20),
                         cv::Vec3b(40, 60, 20), cv::Vec3b(60, 60, 20));
  std::array<unsigned char, 9> out{};
  AreaReader mirrored(image, {4, -2, 2}, {0, 1, 1}, Fill::Kind::Replicate);
  mirrored.read(0, out.data());
  EXPECT_EQ(std::vector(out.begin(), out.begin() + 6), (std::vector<unsigned char>{50, 60, 20, 10, 10, 20}));
  // From two pixels before the image on.
  const std::array<float, 3> color{100, 0, 7};
  AreaReader beyond(image, {-2, 2, 3}, {0, 1, 1}, Fill::Kind::Color, color.data());
  beyond.read(0, out.data());
  EXPECT_EQ(out, (std::array<unsigned char, 9>{100, 0, 7, 10, 10, 20, 50, 60, 20}));
}

}  // namespace
}  // namespace doppel::augment
