#include "doppel/augment/transforms/policy/trivial_augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(TrivialAugment, DrawsOneOperationAlike) {
  std::map<std::string_view, int> counts;
  constexpr int kDraws = 2800;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Plan plan = Recipe{TrivialAugment{}}.draw(flat_sample(20, 20, 0.5), {.index = i});
    EXPECT_LE(plan.ops.size(), 1U);
    ++counts[plan.ops.empty() ? "none" : name_of(plan.ops[0])];
  }
  EXPECT_NEAR(counts["Warp"], 5 * 200, 125);
  EXPECT_NEAR(counts["ColorMatrix"], 2 * 200, 90);
  for (const char* one : {"none", "Contrast", "Kernel", "Posterize", "Solarize", "AutoContrast", "Equalize"})
    EXPECT_NEAR(counts[one], 200, 70) << one;
}

TEST(TrivialAugment, MagnitudesAreAllOfTheWideSpacesBins) {
  // 31 thresholds from 1 to 0, 61 contrasts from .01 to 1.99, whole bits from 8 to 2.
  std::set<int> thresholds, contrasts, bits;
  for (std::uint64_t i = 0; i < 9000; ++i) {
    const Plan plan = Recipe{TrivialAugment{}}.draw(flat_sample(4, 4, 0.5), {.index = i});
    if (plan.ops.empty()) continue;
    if (const auto* solarize = std::get_if<op::Solarize>(&plan.ops[0])) {
      const double bin = (1 - solarize->threshold) * 30;
      EXPECT_NEAR(bin, std::round(bin), 1e-9);
      thresholds.insert(static_cast<int>(std::lround(bin)));
    } else if (const auto* contrast = std::get_if<op::Contrast>(&plan.ops[0])) {
      const double bin = (contrast->factor - 1) / 0.99 * 30;
      EXPECT_NEAR(bin, std::round(bin), 1e-9);
      contrasts.insert(static_cast<int>(std::lround(bin)));
    } else if (const auto* posterize = std::get_if<op::Posterize>(&plan.ops[0])) {
      bits.insert(posterize->bits);
    }
  }
  EXPECT_EQ(thresholds.size(), 31U);
  EXPECT_EQ(contrasts.size(), 61U);
  EXPECT_EQ(*contrasts.begin(), -30);
  EXPECT_EQ(bits, (std::set<int>{2, 3, 4, 5, 6, 7, 8}));
}

}  // namespace
}  // namespace doppel::augment
