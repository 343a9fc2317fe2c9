#include "doppel/augment/transforms/policy/auto_augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string_view>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "transforms/policy_space.h"

namespace doppel::augment {
namespace {

TEST(AutoAugment, DrawsOneOfItsPairsEachStepByItsChance) {
  for (const auto policy :
       {AutoAugment::Policy::ImageNet, AutoAugment::Policy::Cifar10, AutoAugment::Policy::Svhn}) {
    double steps = 0, equalize = 0;
    for (const PolicyPair& pair : policy_pairs(static_cast<int>(policy)))
      for (const PolicyStep& step : pair) {
        steps += step.chance / 25;
        equalize += step.op == PolicyOp::Equalize ? step.chance / 25 : 0;
      }
    int ops = 0;
    std::map<std::string_view, int> counts;
    constexpr int kDraws = 3000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const Plan plan = Recipe{AutoAugment{policy}}.draw(flat_sample(20, 20, 0.5), {.index = i});
      EXPECT_LE(plan.ops.size(), 2U);
      ops += static_cast<int>(plan.ops.size());
      for (const Op& op : plan.ops) ++counts[name_of(op)];
    }
    EXPECT_NEAR(ops, steps * kDraws, 200) << static_cast<int>(policy);
    EXPECT_NEAR(counts["Equalize"], equalize * kDraws, 150) << static_cast<int>(policy);
    // What only one of the data sets learned.
    if (policy == AutoAugment::Policy::Svhn) { EXPECT_EQ(counts["Posterize"] + counts["Kernel"], 0); }
    if (policy == AutoAugment::Policy::ImageNet) { EXPECT_GT(counts["Posterize"], 0); }
  }
}

TEST(AutoAugment, MagnitudesAreNinthsOfTheSpace) {
  // ImageNet rotates in bins 3, 8 and 9 of 9, by 30 degrees at most.
  int turns = 0;
  for (std::uint64_t i = 0; i < 500; ++i)
    for (const Op& op :
         Recipe{AutoAugment{AutoAugment::Policy::ImageNet}}.draw(flat_sample(99, 99, 0.5), {.index = i}).ops)
      if (const auto* warp = std::get_if<op::Warp>(&op); warp && warp->map.m[3] != 0) {
        ++turns;
        const double degrees = std::abs(std::asin(warp->map.m[3]) * 180 / 3.14159265358979);
        EXPECT_TRUE(std::abs(degrees - 10) < 1e-6 || std::abs(degrees - 80 / 3.0) < 1e-6 ||
                    std::abs(degrees - 30) < 1e-6)
            << degrees;
      }
  EXPECT_GT(turns, 20);
}

}  // namespace
}  // namespace doppel::augment
