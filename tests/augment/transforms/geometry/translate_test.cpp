#include "doppel/augment/transforms/geometry/translate.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

/// A white pixel at (20, 10) of 40x30, with a box around it.
Sample one_pixel() {
  Sample sample;
  sample.image = cv::Mat(30, 40, CV_8UC1, cv::Scalar(0));
  sample.image.at<unsigned char>(10, 20) = 255;
  sample.boxes = {{20, 10, 21, 11, 0, 1, 1}};
  return sample;
}

TEST(Translate, MovesByPixels) {
  const Translate by{.x = {5, 5}, .y = {-3, -3}, .unit = Translate::Unit::Pixels, .p = 1};
  const Sample moved = Recipe{by}.apply(one_pixel(), {.seed = 1});
  EXPECT_EQ(moved.image.at<unsigned char>(7, 25), 255);
  EXPECT_EQ(cv::countNonZero(moved.image), 1);
  EXPECT_NEAR(moved.boxes[0].x0, 25, 1e-9);
  EXPECT_NEAR(moved.boxes[0].y0, 7, 1e-9);
}

TEST(Translate, MovesBySharesOfEachSide) {
  const Translate by{.x = {0.25, 0.25}, .y = {0.1, 0.1}, .p = 1};
  const Sample moved = Recipe{by}.apply(one_pixel(), {.seed = 1});
  EXPECT_EQ(moved.image.at<unsigned char>(13, 30), 255);
}

TEST(Translate, WholePixelsKeepEveryValue) {
  Translate by{.x = {-8, 8}, .y = {-8, 8}, .unit = Translate::Unit::Pixels, .whole = true, .p = 1};
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    EXPECT_EQ(cv::countNonZero(Recipe{by}.apply(one_pixel(), {.seed = seed}).image == 255), 1) << seed;
  // The axes are drawn apart: x never moves here.
  by.x = {0, 0};
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_NEAR(Recipe{by}.apply(one_pixel(), {.seed = seed}).boxes[0].x0, 20, 1e-9);
}

}  // namespace
}  // namespace doppel::augment
