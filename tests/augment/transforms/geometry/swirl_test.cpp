#include "doppel/augment/transforms/geometry/swirl.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Swirl, TurnsLessAndLessUpToItsRadius) {
  const auto map = [](double strength, Point p) {
    const Swirl swirl{.strength = {strength, strength}, .radius = {0.5, 0.5}, .centre = {0.5, 0.5}, .p = 1};
    return Recipe{swirl}.draw(flat_sample(200, 300, 0.5, 1), {}).map(p);
  };
  // Counter-clockwise by strength (1 - r / radius)², at its distance; the radius is 100 pixels.
  for (const double strength : {-80.0, 80.0})
    for (const double r : {25.0, 50.0, 75.0}) {
      const double turned = strength * std::pow(1 - r / 100, 2) * std::numbers::pi / 180;
      const Point to = map(strength, {150 + r, 100});
      EXPECT_NEAR(to.x, 150 + r * std::cos(turned), 0.15) << strength << " " << r;
      EXPECT_NEAR(to.y, 100 - r * std::sin(turned), 0.15) << strength << " " << r;
    }
  for (const Point p : {Point{150, 100}, {255, 100}, {2, 3}}) {
    EXPECT_NEAR(map(80, p).x, p.x, 0.15);
    EXPECT_NEAR(map(80, p).y, p.y, 0.15);
  }
}

TEST(Swirl, IsDrawnWithinItsRangesInSharesOfTheImage) {
  double low = 900, high = -900;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto swirl = std::get<op::Swirl>(
        Recipe{Swirl{.p = 1}}.draw(flat_sample(100, 300, 0.5, 1), {.index = i}).ops.at(0));
    EXPECT_NEAR(swirl.x, 150, 45);
    EXPECT_NEAR(swirl.y, 50, 15);
    EXPECT_NEAR(swirl.radius, 50, 10);
    low = std::min(low, swirl.angle);
    high = std::max(high, swirl.angle);
  }
  EXPECT_NEAR(low, -90, 5);
  EXPECT_NEAR(high, 90, 5);
  EXPECT_FLOAT_EQ(Recipe{Swirl{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0), 0.5F);
}

}  // namespace
}  // namespace doppel::augment
