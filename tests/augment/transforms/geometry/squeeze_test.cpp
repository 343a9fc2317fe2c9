#include "doppel/augment/transforms/geometry/squeeze.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Squeeze, ScalesTheAxesApartAboutTheCentre) {
  Sample sample = flat_sample(100, 200, 0.5, 1);
  sample.boxes = {{90, 30, 110, 60, 0, 1}};
  const Drawn drawn = Recipe{Squeeze{.x = {2, 2}, .y = {0.5, 0.5}, .p = 1}}.draft(sample, {});
  EXPECT_EQ(drawn.plan.size(), (Size{100, 200}));
  const Box& b = drawn.boxes.at(0);
  EXPECT_NEAR(b.x0, 80, 1e-9);
  EXPECT_NEAR(b.x1, 120, 1e-9);
  EXPECT_NEAR(b.y0, 40, 1e-9);
  EXPECT_NEAR(b.y1, 55, 1e-9);
}

TEST(Squeeze, OfAViewTwoShowsTwiceAsMuch) {
  const Squeeze squeeze{.x = {2, 2}, .y = {0.5, 0.5}, .of = Squeeze::Of::View, .p = 1};
  const Point to = Recipe{squeeze}.draw(flat_sample(100, 200, 0.5, 1), {}).map({110, 60});
  EXPECT_NEAR(to.x, 105, 1e-9);
  EXPECT_NEAR(to.y, 70, 1e-9);
}

TEST(Squeeze, FactorsAreDrawnApartFromTheirRanges) {
  double together = 0, low = 9, high = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Plan plan = Recipe{Squeeze{.x = {0.7, 1.3}, .y = {0.5, 0.7}, .p = 1}}.draw(
        flat_sample(10, 10, 0.5, 1), {.index = i});
    const auto j = std::get<op::Warp>(plan.ops.at(0)).map.jacobian({0, 0});
    EXPECT_EQ(j[1], 0);
    EXPECT_EQ(j[2], 0);
    EXPECT_TRUE(j[3] >= 0.5 && j[3] <= 0.7) << j[3];
    low = std::min(low, j[0]);
    high = std::max(high, j[0]);
    together += (j[0] - 1) / 0.6 * (j[3] - 0.6) / 0.2 / 400;
  }
  EXPECT_NEAR(low, 0.7, 0.02);
  EXPECT_NEAR(high, 1.3, 0.02);
  EXPECT_NEAR(together, 0, 0.25 / 12);
}

}  // namespace
}  // namespace doppel::augment
