#include "doppel/augment/transforms/geometry/piecewise_affine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

TEST(PiecewiseAffine, NodesMoveByTheirDeviationOfACell) {
  double squares = 0, most = 0;
  int n = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const PiecewiseAffine bend{.grid = 4, .limit = {0.08, 0.08}, .p = 1};
    const Field field =
        make_field(Recipe{bend}.draw(flat_sample(80, 120, 0.5, 1), {.index = i}).ops.at(0), {80, 120});
    for (int row = 0; row <= 4; ++row)
      for (int col = 0; col <= 4; ++col, n += 2) {
        const Point to{col * 30.0, row * 20.0}, from = field.source(to);
        const double x = (from.x - to.x) / 30, y = (from.y - to.y) / 20;
        squares += x * x + y * y;
        most = std::max({most, std::abs(x), std::abs(y)});
      }
  }
  EXPECT_NEAR(std::sqrt(squares / n), 0.08, 0.003);
  EXPECT_LT(most, 0.5);
}

TEST(PiecewiseAffine, TrianglesAreMappedStraightAndNoneTurnsOver) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    const PiecewiseAffine bend{.grid = 2, .limit = {0.24, 0.24}, .p = 1};
    const Field field =
        make_field(Recipe{bend}.draw(flat_sample(40, 40, 0.5, 1), {.index = i}).ops.at(0), {40, 40});
    // Both halves of the first cell.
    for (const bool upper : {true, false}) {
      const auto corner = [&](double x, double y) {
        return upper ? field.source({x, y}) : field.source({y, x});
      };
      const Point a = corner(0, 0), b = corner(20, 0), c = corner(20, 20), inside = corner(15, 5);
      EXPECT_NEAR(inside.x, (a.x + 2 * b.x + c.x) / 4, 1e-4) << i;
      EXPECT_NEAR(inside.y, (a.y + 2 * b.y + c.y) / 4, 1e-4) << i;
      const double turn = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
      EXPECT_GT(upper ? turn : -turn, 0) << i;
    }
  }
  EXPECT_FLOAT_EQ(Recipe{PiecewiseAffine{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0),
                  0.5F);
}

}  // namespace
}  // namespace doppel::augment
