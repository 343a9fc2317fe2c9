#include "doppel/augment/transforms/color/photometric_distort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <variant>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(PhotometricDistort, EachPartHasAChanceOfOneHalf) {
  std::map<std::string, int> times;
  int contrast_and_hue = 0, contrast_first = 0;
  constexpr int kDraws = 2000;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const Plan plan = Recipe{PhotometricDistort{.p = 1}}.draw(flat_sample(4, 4, 0.5), {.seed = seed});
    int contrast_at = -1, hue_at = -1;
    for (int i = 0; i < static_cast<int>(plan.ops.size()); ++i) {
      const Op& op = plan.ops[static_cast<std::size_t>(i)];
      if (const auto* color = std::get_if<op::ColorMatrix>(&op)) {
        const auto& m = color->matrix;
        const bool shuffles = (m[0] == 0 || m[0] == 1) && (m[1] == 0 || m[1] == 1);
        const bool brightens = m[0] == m[5] && m[1] == 0;
        ++times[shuffles ? "shuffle" : brightens ? "brightness" : "saturation"];
        if (shuffles) { EXPECT_EQ(i + 1, static_cast<int>(plan.ops.size())); }  // last
        if (brightens && !shuffles) { EXPECT_EQ(i, 0); }                        // first
      } else {
        ++times[std::string(name_of(op))];
        (std::holds_alternative<op::Hsv>(op) ? hue_at : contrast_at) = i;
      }
    }
    if (contrast_at < 0 || hue_at < 0) continue;
    ++contrast_and_hue;
    contrast_first += contrast_at < hue_at;
  }
  ASSERT_EQ(times.size(), 5U);
  for (const auto& [part, n] : times) EXPECT_NEAR(n, kDraws / 2, 100) << part;
  EXPECT_NEAR(contrast_and_hue, kDraws / 4, 90);
  EXPECT_NEAR(contrast_first, contrast_and_hue / 2, 60);
}

TEST(PhotometricDistort, GreyImagesHaveBrightnessAndContrastOnly) {
  int longest = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Plan plan = Recipe{PhotometricDistort{.p = 1}}.draw(flat_sample(4, 4, 0.5, 1), {.seed = seed});
    for (const Op& op : plan.ops) EXPECT_FALSE(std::holds_alternative<op::Hsv>(op));
    longest = std::max(longest, static_cast<int>(plan.ops.size()));
  }
  EXPECT_EQ(longest, 2);
}

}  // namespace
}  // namespace doppel::augment
