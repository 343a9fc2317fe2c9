#include "doppel/augment/transforms/policy/rand_augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string_view>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(RandAugment, FourteenOperationsAreAlike) {
  std::map<std::string_view, int> counts;
  constexpr int kDraws = 2800;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Plan plan = Recipe{RandAugment{.ops = 1}}.draw(flat_sample(20, 20, 0.5), {.index = i});
    EXPECT_LE(plan.ops.size(), 1U);
    ++counts[plan.ops.empty() ? "none" : name_of(plan.ops[0])];
  }
  // Two shears, two translations and the rotation warp; brightness and colour are matrices.
  EXPECT_NEAR(counts["Warp"], 5 * 200, 125);
  EXPECT_NEAR(counts["ColorMatrix"], 2 * 200, 90);
  for (const char* one : {"none", "Contrast", "Kernel", "Posterize", "Solarize", "AutoContrast", "Equalize"})
    EXPECT_NEAR(counts[one], 200, 70) << one;
}

TEST(RandAugment, AllAreAtOneMagnitude) {
  // 9 of 30 steps: .3 of each range.
  const Sample sample = flat_sample(331, 331, 0.5);
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Plan plan = Recipe{RandAugment{.ops = 3}}.draw(sample, {.index = i});
    EXPECT_LE(plan.ops.size(), 3U);
    for (const Op& op : plan.ops) {
      if (const auto* solarize = std::get_if<op::Solarize>(&op)) {
        EXPECT_NEAR(solarize->threshold, 0.7, 1e-9);
      } else if (const auto* contrast = std::get_if<op::Contrast>(&op)) {
        EXPECT_NEAR(std::abs(contrast->factor - 1), 0.27, 1e-9);
      } else if (const auto* posterize = std::get_if<op::Posterize>(&op)) {
        EXPECT_EQ(posterize->bits, 7);
      } else if (const auto* warp = std::get_if<op::Warp>(&op)) {
        const auto& m = warp->map.m;
        const bool moves = std::abs(m[2]) + std::abs(m[5]) == 45 && m[1] == 0 && m[3] == 0;
        const bool shears = std::abs(std::abs(m[1] + m[3]) - 0.09) < 1e-9 && m[1] * m[3] == 0;
        const bool turns = std::abs(std::abs(m[3]) - std::sin(9 * 3.14159265358979 / 180)) < 1e-9;
        EXPECT_TRUE(moves || shears || turns);
      }
    }
  }
}

TEST(RandAugment, BeyondTheLastBinIsTheLast) {
  const RandAugment last{.ops = 1, .magnitude = 30}, beyond{.ops = 1, .magnitude = 400};
  for (std::uint64_t i = 0; i < 50; ++i)
    EXPECT_EQ(Recipe{last}.draw(flat_sample(20, 20, 0.5), {.index = i}),
              Recipe{beyond}.draw(flat_sample(20, 20, 0.5), {.index = i}));
  EXPECT_TRUE((Recipe{RandAugment{.ops = 0}}.draw(flat_sample(20, 20, 0.5), {}).ops.empty()));
}

}  // namespace
}  // namespace doppel::augment
