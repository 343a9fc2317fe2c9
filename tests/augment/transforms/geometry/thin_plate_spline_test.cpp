#include "doppel/augment/transforms/geometry/thin_plate_spline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

TEST(ThinPlateSpline, NodesMoveByTheirDeviationOfTheSide) {
  double squares = 0;
  int n = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const ThinPlateSpline bend{.grid = 3, .limit = {0.02, 0.02}, .p = 1};
    const Field field =
        make_field(Recipe{bend}.draw(flat_sample(120, 180, 0.5, 1), {.index = i}).ops.at(0), {120, 180});
    for (int row = 0; row <= 3; ++row)
      for (int col = 0; col <= 3; ++col, n += 2) {
        const Point to{col * 60.0, row * 40.0}, from = field.source(to);
        squares += std::pow((from.x - to.x) / 180, 2) + std::pow((from.y - to.y) / 120, 2);
      }
  }
  EXPECT_NEAR(std::sqrt(squares / n), 0.02, 0.0015);
}

TEST(ThinPlateSpline, IsSmoothAcrossNodesAndNeverFolds) {
  double jumps = 0, ranges = 0;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const ThinPlateSpline bend{.limit = {0.1, 0.1}, .p = 1};
    const Field field =
        make_field(Recipe{bend}.draw(flat_sample(96, 96, 0.5, 1), {.index = i}).ops.at(0), {96, 96});
    for (double y = 8; y < 96; y += 8) {
      double jump = 0, low = 9, high = -9, last = 0;
      for (double x = 0; x < 96; x += 3) {
        const double slope = (field.source({x + 3, y}).x - field.source({x, y}).x) / 3;
        if (x > 0) jump = std::max(jump, std::abs(slope - last));
        low = std::min(low, slope);
        high = std::max(high, slope);
        last = slope;
      }
      jumps += jump;
      ranges += high - low;
      for (double x = 0; x < 93; x += 3) {
        const Point a = field.source({x, y}), b = field.source({x + 1, y}), c = field.source({x, y + 1});
        EXPECT_GT((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x), 0) << i;
      }
    }
  }
  // Three straight pieces would change their slope at two places: by half of its range or more at one.
  EXPECT_LT(jumps, 0.35 * ranges);
  EXPECT_FLOAT_EQ(Recipe{ThinPlateSpline{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0),
                  0.5F);
}

}  // namespace
}  // namespace doppel::augment
