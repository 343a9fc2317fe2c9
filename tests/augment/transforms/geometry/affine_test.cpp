#include "doppel/augment/transforms/geometry/affine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Affine, EachPartIsAboutTheCentre) {
  const Affine still{
      .scale = {1, 1}, .translate = {0, 0}, .angle = {0, 0}, .shear_x = {0, 0}, .shear_y = {0, 0}, .p = 1};
  // Where (dx, dy) from the centre comes to, from the centre.
  const auto expect = [](const Affine& affine, Point from, Point wanted) {
    const Point to = Recipe{affine}.draw(flat_sample(100, 200, 0.5, 1), {}).map({100 + from.x, 50 + from.y});
    EXPECT_NEAR(to.x - 100, wanted.x, 1e-9);
    EXPECT_NEAR(to.y - 50, wanted.y, 1e-9);
  };
  Affine one = still;
  one.scale = {2, 2};
  expect(one, {3, 4}, {6, 8});
  one = still;
  one.stretch = {4, 4};  // x over y, at the same area
  expect(one, {3, 4}, {6, 2});
  one = still;
  one.translate = {0.1, 0.1};
  expect(one, {3, 4}, {23, 14});
  one = still;
  one.angle = {90, 90};  // counter-clockwise, y down
  expect(one, {3, 4}, {4, -3});
  one = still;
  one.shear_x = {45, 45};
  expect(one, {3, 4}, {7, 4});
  one = still;
  one.shear_y = {45, 45};
  expect(one, {3, 4}, {3, 7});
  // Scale, then shear, then rotation, then translation.
  one.scale = {2, 2};
  one.shear_x = {45, 45};
  one.shear_y = {0, 0};
  one.angle = {90, 90};
  one.translate = {0.1, 0.1};
  expect(one, {1, 0}, {20, 8});
  expect(one, {0, 1}, {22, 8});
}

TEST(Affine, AShearThatTurnsAnAxisIsReadAsKerasDoes) {
  // Keras reads output (x, y) at (x - sin(s)·y, cos(s)·y) from the centre: s = 30 degrees.
  const Affine affine{.scale = {1, 1},
                      .translate = {0, 0},
                      .angle = {0, 0},
                      .shear_x = {30, 30},
                      .shear_y = {0, 0},
                      .shear_by = Affine::ShearBy::Turn,
                      .p = 1};
  const double sine = 0.5, cosine = std::sqrt(0.75), x = 7, y = -20;
  const Point to =
      Recipe{affine}.draw(flat_sample(100, 200, 0.5, 1), {}).map({100 + x - sine * y, 50 + cosine * y});
  EXPECT_NEAR(to.x, 100 + x, 1e-9);
  EXPECT_NEAR(to.y, 50 + y, 1e-9);
}

TEST(Affine, MovesEachAxisByItsOwnShareAndScalesWithinTheRange) {
  const Affine affine{.scale = {0.5, 1.5}, .translate = {-0.2, 0.2}, .p = 1};
  double low = 9, high = 0, together = 0, across = 0, down = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Sample sample = flat_sample(100, 200, 0.5, 1);
    const Drawn drawn = Recipe{affine}.draft(sample, {.index = i});
    const Point centre = drawn.plan.map({100, 50});
    const double x = (centre.x - 100) / 200, y = (centre.y - 50) / 100;
    EXPECT_LE(std::max(std::abs(x), std::abs(y)), 0.2 + 1e-9) << i;
    together += x * y;
    across += x * x;
    down += y * y;
    const auto j = std::get<op::Warp>(drawn.plan.ops.at(0)).map.jacobian({0, 0});
    // Shears of up to 5 degrees leave the area to a hundredth.
    const double scale = std::sqrt(j[0] * j[3] - j[1] * j[2]);
    low = std::min(low, scale);
    high = std::max(high, scale);
  }
  EXPECT_NEAR(low, 0.5, 0.03);
  EXPECT_NEAR(high, 1.5, 0.03);
  EXPECT_LT(std::abs(together), 0.2 * std::sqrt(across * down));
  EXPECT_NEAR(across / 400, 0.4 * 0.4 / 12, 0.003);
}

TEST(Affine, ShearsThatFlattenTheImageAreRefused) {
  EXPECT_EQ(error_of([] { Recipe{Affine{.shear_x = {0, 45}, .shear_y = {0, 45}}}; }),
            "Affine: shear_x and shear_y together squeeze the image to a line");
  EXPECT_EQ(error_of([] { Recipe{Affine{.shear_x = {-45, 45}, .shear_y = {0, 40}}}; }), "");
}

}  // namespace
}  // namespace doppel::augment
