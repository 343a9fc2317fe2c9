#include "doppel/augment/transforms/geometry/bulge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Bulge, ReadsFromTheFormulaAndLeavesWhatIsBeyond) {
  const auto map = [](double strength, Point p) {
    const Bulge bulge{.strength = {strength, strength}, .radius = {0.5, 0.5}, .centre = {0.5, 0.5}, .p = 1};
    return Recipe{bulge}.draw(flat_sample(200, 300, 0.5, 1), {}).map(p);
  };
  for (const double strength : {-0.4, 0.4})
    for (const double r : {20.0, 50.0, 80.0}) {
      const double left = 1 - r * r / 1e4, from = r * (1 - strength * left * left);
      // Along each axis from the centre (150, 100) on a short side of 200.
      EXPECT_NEAR(map(strength, {150 + from, 100}).x, 150 + r, 0.1) << strength << " " << r;
      EXPECT_NEAR(map(strength, {150, 100 - from}).y, 100 - r, 0.1) << strength << " " << r;
    }
  for (const Point p : {Point{150, 100}, {255, 100}, {1, 1}}) {
    EXPECT_NEAR(map(0.4, p).x, p.x, 0.01);
    EXPECT_NEAR(map(0.4, p).y, p.y, 0.01);
  }
}

TEST(Bulge, PositiveMagnifiesAtTheCentreAndNegativePinches) {
  Sample sample = flat_sample(100, 100, 0.5);
  sample.keypoints = {{50, 50, 0, 1, 0, 1}};
  const auto scale = [&](double strength) {
    const Bulge bulge{.strength = {strength, strength}, .centre = {0.5, 0.5}, .p = 1};
    return Recipe{bulge}.draft(sample, {}).keypoints.at(0).scale;
  };
  // The map's slope there is 1 / (1 - strength).
  EXPECT_NEAR(scale(0.5), 2, 0.1);
  EXPECT_NEAR(scale(-0.5), 1 / 1.5, 0.05);
}

TEST(Bulge, IsDrawnWithinItsRangesInSharesOfTheImage) {
  double low = 900, high = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto bulge = std::get<op::Bulge>(
        Recipe{Bulge{.p = 1}}.draw(flat_sample(100, 300, 0.5, 1), {.index = i}).ops.at(0));
    EXPECT_NEAR(bulge.x, 150, 45);
    EXPECT_NEAR(bulge.y, 50, 15);
    EXPECT_LE(std::abs(bulge.strength), 0.4);
    low = std::min(low, bulge.radius);
    high = std::max(high, bulge.radius);
  }
  EXPECT_NEAR(low, 30, 2);
  EXPECT_NEAR(high, 60, 2);
  EXPECT_FLOAT_EQ(Recipe{Bulge{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0), 0.5F);
}

}  // namespace
}  // namespace doppel::augment
