#include "doppel/augment/transforms/policy/adaptive_gan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string_view>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(AdaptiveGan, EachPartHasTheChanceOfItsStrength) {
  std::map<std::string_view, int> counts;
  constexpr int kDraws = 3000;
  const Recipe recipe{AdaptiveGan{.strength = 0.3, .flips = false}};
  for (std::uint64_t i = 0; i < kDraws; ++i)
    for (const Op& op : recipe.draw(flat_sample(16, 16, 0.5), {.index = i}).ops) ++counts[name_of(op)];
  EXPECT_EQ(counts["Flip"], 0);
  EXPECT_NEAR(counts["Contrast"], 0.3 * kDraws, 130);
  EXPECT_NEAR(counts["Hsv"], 0.3 * kDraws, 130);
  EXPECT_NEAR(counts["ColorMatrix"], 2 * 0.3 * kDraws, 190);          // brightness and saturation
  EXPECT_NEAR(counts["Warp"], (1 - std::pow(0.7, 4)) * kDraws, 130);  // any of four, as one map
}

TEST(AdaptiveGan, MagnitudesAreThoseOfThePaper) {
  double contrast = 0, brightness = 0, saturation = 0;
  constexpr int kDraws = 3000;
  const Recipe recipe{AdaptiveGan{.strength = 1}};
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Plan plan = recipe.draw(flat_sample(16, 20, 0.5), {.index = i});
    const std::size_t n = plan.ops.size();
    const double f = std::log2(std::get<op::Contrast>(plan.ops.at(n - 3)).factor);
    contrast += f * f;
    const double b = std::get<op::ColorMatrix>(plan.ops.at(n - 4)).matrix[3];
    brightness += b * b;
    const auto& m = std::get<op::ColorMatrix>(plan.ops.at(n - 1)).matrix;
    const double s = std::log2(m[0] - m[4]);  // what a channel has of itself beyond what others have
    saturation += s * s;
    EXPECT_LE(std::abs(std::get<op::Hsv>(plan.ops.at(n - 2)).turn), 0.5);
  }
  // Normal: brightness .2² / 4, and log2 of contrast .5², of saturation 1.
  EXPECT_NEAR(std::sqrt(brightness / kDraws), 0.1, 0.006);
  EXPECT_NEAR(std::sqrt(contrast / kDraws), 0.5, 0.03);
  EXPECT_NEAR(std::sqrt(saturation / kDraws), 1, 0.06);
}

TEST(AdaptiveGan, OnlySquaresAreTurnedAndGreyHasNoHue) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan wide = Recipe{AdaptiveGan{.strength = 1}}.draw(flat_sample(16, 20, 0.5, 1), {.index = i});
    EXPECT_EQ(wide.size(), (Size{16, 20}));
    for (const Op& op : wide.ops) {
      EXPECT_NE(name_of(op), "Hsv");
      if (const auto* flip = std::get_if<op::Flip>(&op)) {
        EXPECT_EQ(flip->axis, op::Flip::Axis::Horizontal);
      }
    }
  }
}

}  // namespace
}  // namespace doppel::augment
