#include "doppel/augment/transforms/quality/dither.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Dither, MixesTwoTonesInEachSquareOfEightToTheTone) {
  const Recipe recipe{Dither{{1, 1}, 1}};
  for (int k = 0; k <= 64; ++k) {
    const cv::Mat out = recipe.apply(flat_sample(16, 24, k / 64.0, 1), {}).image;
    for (const cv::Point corner : {cv::Point(0, 0), {16, 8}}) {
      const cv::Mat square = out(cv::Rect(corner, cv::Size(8, 8)));
      EXPECT_EQ(cv::countNonZero(square == 1), k);
      EXPECT_EQ(cv::countNonZero(square == 0), 64 - k);
    }
  }
}

TEST(Dither, EightBitsAreTheImage) {
  Sample sample;
  sample.image = cv::Mat(16, 16, CV_8UC1);
  for (int i = 0; i < 256; ++i)
    sample.image.at<unsigned char>(i / 16, i % 16) = static_cast<unsigned char>(i);
  EXPECT_EQ(largest_difference(Recipe{Dither{{8, 8}, 1}}.apply(sample, {}).image, sample.image), 0);
}

}  // namespace
}  // namespace doppel::augment
