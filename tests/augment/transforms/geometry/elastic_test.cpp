#include "doppel/augment/transforms/geometry/elastic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

TEST(Elastic, DisplacementsHaveTheirDeviationAndScaleWithTheImage) {
  // Uniform noise has the deviation 1/sqrt(3); a Gaussian of sigma leaves 1 / (2 sqrt(pi) sigma) of it.
  const double wanted = 40 / std::sqrt(3.0) / (2 * std::sqrt(std::numbers::pi) * 8);
  for (const int side : {128, 256, 512}) {
    double sum = 0, squares = 0;
    int n = 0;
    for (std::uint64_t i = 0; i < 6; ++i) {
      const Elastic elastic{.alpha = {40, 40}, .sigma = {8, 8}, .p = 1};
      const Plan plan = Recipe{elastic}.draw(flat_sample(side, side, 0.5, 1), {.index = i});
      const Field field = make_field(plan.ops.at(0), {side, side});
      for (double y = 0.5; y < side; y += side / 32.0)
        for (double x = 0.5; x < side; x += side / 32.0, n += 2) {
          const Point from = field.source({x, y});
          sum += from.x - x + from.y - y;
          squares += std::pow(from.x - x, 2) + std::pow(from.y - y, 2);
        }
    }
    const double unit = side / 256.0;
    EXPECT_NEAR(sum / n, 0, 0.1 * wanted * unit) << side;
    EXPECT_NEAR(std::sqrt(squares / n), wanted * unit, 0.1 * wanted * unit) << side;
  }
}

TEST(Elastic, EachDrawIsAnotherAndTargetsFollow) {
  Sample sample = flat_sample(256, 256, 0.5, 1);
  sample.keypoints = {{100, 120, 0, 1, 0, 1}};
  const auto at = [&](std::uint64_t index) {
    const Drawn drawn = Recipe{Elastic{.alpha = {120, 120}, .p = 1}}.draft(sample, {.index = index});
    const Point from =
        make_field(drawn.plan.ops.at(0), {256, 256}).source({drawn.keypoints.at(0).x, drawn.keypoints[0].y});
    EXPECT_NEAR(from.x, 100, 1e-4);
    EXPECT_NEAR(from.y, 120, 1e-4);
    return drawn.keypoints[0].x;
  };
  EXPECT_NE(at(1), at(2));
  EXPECT_EQ(at(1), at(1));
  EXPECT_FLOAT_EQ(Recipe{Elastic{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0), 0.5F);
}

}  // namespace
}  // namespace doppel::augment
