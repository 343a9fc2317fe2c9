#include "doppel/augment/transforms/geometry/rotate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Rotate, PositiveAnglesTurnCounterClockwiseAboutTheCentre) {
  Sample sample;
  sample.image = cv::Mat(8, 8, CV_8UC1, cv::Scalar(0));
  sample.image.at<unsigned char>(0, 7) = 255;  // upper right goes to upper left
  EXPECT_EQ((Recipe{Rotate{.angle = {90, 90}, .p = 1}}.apply(sample, {}).image.at<unsigned char>(0, 0)), 255);
  const Plan plan = Recipe{Rotate{.angle = {30, 30}, .p = 1}}.draw(flat_sample(100, 200, 0.5, 1), {});
  const Point to = plan.map({140, 50});
  EXPECT_NEAR(to.x, 100 + 40 * std::sqrt(0.75), 1e-9);
  EXPECT_NEAR(to.y, 50 - 20, 1e-9);
  EXPECT_EQ(plan.size(), (Size{100, 200}));
}

TEST(Rotate, AnglesAreDrawnEvenly) {
  int low = 0, high = 0;
  for (std::uint64_t i = 0; i < 600; ++i) {
    Sample sample = flat_sample(20, 20, 0.5, 1);
    sample.keypoints = {{10, 10, 0, 1, 0, 1}};
    const double angle = std::remainder(
        Recipe{Rotate{.angle = {-20, 40}, .p = 1}}.draft(sample, {.index = i}).keypoints.at(0).angle, 360);
    EXPECT_TRUE(angle > -20.001 && angle < 40.001) << angle;
    low += angle < 0;
    high += angle > 20;
  }
  EXPECT_NEAR(low, 200, 50);
  EXPECT_NEAR(high, 200, 50);
}

TEST(Rotate, ExpandingHoldsAllOfTheImage) {
  // 100 x 200 by 30 degrees: 200 cos + 100 sin wide.
  EXPECT_EQ((Recipe{Rotate{.angle = {30, 30}, .expand = true, .p = 1}}
                 .draw(flat_sample(100, 200, 0.5, 1), {})
                 .size()),
            (Size{187, 224}));
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Plan plan = Recipe{Rotate{.angle = {-180, 180}, .expand = true, .p = 1}}.draw(
        flat_sample(31, 54, 0.5, 1), {.index = i});
    for (const Point corner : {Point{0, 0}, {54, 0}, {54, 31}, {0, 31}}) {
      const Point to = plan.map(corner);
      EXPECT_TRUE(to.x > -1e-6 && to.y > -1e-6 && to.x < plan.size().width + 1e-6 &&
                  to.y < plan.size().height + 1e-6)
          << i;
    }
  }
}

TEST(Rotate, ValidOnlyShowsNoBorder) {
  Sample sample;
  sample.image = cv::Mat(91, 140, CV_8UC1, cv::Scalar(255));
  const Rotate turn{.angle = {-180, 180}, .valid_only = true, .p = 1};
  for (std::uint64_t i = 0; i < 200; ++i) {
    double low = 0;
    cv::minMaxLoc(Recipe{turn}.apply(sample, {.index = i}).image, &low);
    EXPECT_GT(low, 120) << i;  // the corner pixels may touch the edge by rounding
  }
  EXPECT_EQ(error_of([] { Recipe{Rotate{.expand = true, .valid_only = true}}; }),
            "Rotate: expand and valid_only exclude each other");
}

}  // namespace
}  // namespace doppel::augment
