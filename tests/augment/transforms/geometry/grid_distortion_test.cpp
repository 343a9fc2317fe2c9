#include "doppel/augment/transforms/geometry/grid_distortion.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

TEST(GridDistortion, LinesStayStraightAndTheOuterOnesStay) {
  for (std::uint64_t i = 0; i < 30; ++i) {
    const Plan plan = Recipe{GridDistortion{.p = 1}}.draw(flat_sample(60, 90, 0.5, 1), {.index = i});
    const Field field = make_field(plan.ops.at(0), {60, 90});
    double last = -1;
    for (double x = 0; x <= 90; x += 7.5) {
      const Point top = field.source({x, 0}), low = field.source({x, 60});
      EXPECT_NEAR(top.x, low.x, 1e-4) << i;
      EXPECT_NEAR(top.y, 0, 1e-4);
      EXPECT_NEAR(low.y, 60, 1e-4);
      EXPECT_GT(top.x, last);  // nothing folds
      last = top.x;
    }
    EXPECT_NEAR(field.source({0, 31}).x, 0, 1e-4);
    EXPECT_NEAR(last, 90, 1e-4);
  }
}

TEST(GridDistortion, CellsDifferByTheLimitAtMost) {
  constexpr double kLimit = 0.4;
  double narrow = 1, wide = 1;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const GridDistortion grid{.steps = 4, .limit = kLimit, .p = 1};
    const Field field =
        make_field(Recipe{grid}.draw(flat_sample(100, 100, 0.5, 1), {.index = i}).ops.at(0), {100, 100});
    double least = 100, most = 0;
    for (double y = 0; y < 100; y += 25) {
      const double height = field.source({50, y + 25}).y - field.source({50, y}).y;
      least = std::min(least, height);
      most = std::max(most, height);
    }
    EXPECT_LE(most / least, (1 + kLimit) / (1 - kLimit) + 1e-4) << i;
    narrow = std::min(narrow, least / 25);
    wide = std::max(wide, most / 25);
  }
  EXPECT_LT(narrow, 0.65);
  EXPECT_GT(wide, 1.3);
}

TEST(GridDistortion, OneCellOrOnePixelCannotBeDistorted) {
  Sample sample = flat_sample(20, 30, 0.5, 1);
  sample.keypoints = {{7, 9, 0, 1, 0, 1}};
  const Keypoint point =
      Recipe{GridDistortion{.steps = 1, .limit = 0.9, .p = 1}}.draft(sample, {}).keypoints.at(0);
  EXPECT_NEAR(point.x, 7, 1e-4);
  EXPECT_NEAR(point.y, 9, 1e-4);
  EXPECT_FLOAT_EQ(Recipe{GridDistortion{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0),
                  0.5F);
}

}  // namespace
}  // namespace doppel::augment
