#include "doppel/augment/transforms/flip/transpose.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Transpose, SwapsXAndYExactly) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(2, 3) << 1, 2, 3, 4, 5, 6);
  sample.masks = {sample.image.clone()};
  sample.boxes = {{0, 0, 2, 1, 0, 1}};
  sample.keypoints = {{0.5, 0.25, 30, 2, 7, 1}};
  const Sample out = Recipe{Transpose{.p = 1}}.apply(sample, {});
  const cv::Mat wanted = (cv::Mat_<unsigned char>(3, 2) << 1, 4, 2, 5, 3, 6);
  EXPECT_EQ(largest_difference(out.image, wanted), 0);
  EXPECT_EQ(largest_difference(out.masks.at(0), wanted), 0);
  EXPECT_EQ(out.boxes.at(0), (Box{0, 0, 1, 2, 0, 1}));
  const Keypoint& point = out.keypoints.at(0);
  EXPECT_EQ(point.x, 0.25);
  EXPECT_EQ(point.y, 0.5);
  EXPECT_NEAR(std::remainder(point.angle - (-120), 360), 0, 1e-9);
  EXPECT_NEAR(point.scale, 2, 1e-12);
}

TEST(Transpose, TwiceIsNothing) {
  for (const int depth : {CV_8U, CV_32F})
    for (const cv::Size size : {cv::Size(1, 1), {1, 7}, {33, 18}}) {
      Sample sample;
      sample.image = wavy(size.height, size.width, 4, depth);
      const Transpose flip{.p = 1};
      EXPECT_EQ(largest_difference(Recipe{flip, flip}.apply(sample, {}).image, sample.image), 0);
      EXPECT_EQ(
          largest_difference(Recipe{flip}.apply(Recipe{flip}.apply(sample, {}), {}).image, sample.image), 0);
    }
}

}  // namespace
}  // namespace doppel::augment
