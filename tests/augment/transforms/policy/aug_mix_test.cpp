#include "doppel/augment/transforms/policy/aug_mix.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(AugMix, WeightsAreDirichletAndTheShareIsBeta) {
  // Of three weights by Dirichlet(1, 1, 1) each has mean 1/3 and variance 1/18; Beta(1, 1) is uniform.
  double squares = 0, share = 0, spread = 0;
  constexpr int kDraws = 3000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Plan plan = Recipe{AugMix{}}.draw(flat_sample(8, 8, 0.5), {.index = i});
    const auto& blend = std::get<op::Blend>(plan.ops.at(0));
    ASSERT_EQ(blend.branches.size(), 3U);
    ASSERT_EQ(blend.weights.size(), 3U);
    double sum = 0;
    for (const double w : blend.weights) {
      sum += w;
      squares += (w - 1 / 3.0) * (w - 1 / 3.0);
    }
    EXPECT_NEAR(sum, 1, 1e-9);
    share += blend.share;
    spread += (blend.share - 0.5) * (blend.share - 0.5);
  }
  EXPECT_NEAR(squares / kDraws / 3, 1 / 18.0, 0.003);
  EXPECT_NEAR(share / kDraws, 0.5, 0.02);
  EXPECT_NEAR(spread / kDraws, 1 / 12.0, 0.005);
}

TEST(AugMix, ChainsLeaveOutWhatTheTestCorruptionsContain) {
  std::set<std::size_t> depths;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Plan plan = Recipe{AugMix{.severity = 3, .width = 4}}.draw(flat_sample(8, 8, 0.5), {.index = i});
    for (const Plan& chain : std::get<op::Blend>(plan.ops.at(0)).branches) {
      depths.insert(chain.ops.size());
      EXPECT_EQ(chain.size(), (Size{8, 8}));
      for (const Op& op : chain.ops) {
        const std::set<std::string_view> allowed{"Warp", "Solarize", "Posterize", "AutoContrast", "Equalize"};
        EXPECT_TRUE(allowed.contains(name_of(op))) << name_of(op);
        // At most three tenths of the space: .3 of the thresholds, of 30 degrees, and of 4 bits.
        if (const auto* solarize = std::get_if<op::Solarize>(&op)) { EXPECT_GE(solarize->threshold, 0.7); }
        if (const auto* posterize = std::get_if<op::Posterize>(&op)) { EXPECT_GE(posterize->bits, 7); }
      }
    }
  }
  EXPECT_EQ(depths, (std::set<std::size_t>{1, 2, 3}));
}

TEST(AugMix, TargetsStay) {
  Sample sample = flat_sample(20, 30, 0.5);
  sample.boxes = {{2, 3, 8, 9, 0, 1}};
  sample.keypoints = {{4, 5, 0, 1, 0, 1}};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Sample out = Recipe{AugMix{.severity = 10, .depth = 5}}.apply(sample, {.index = i});
    EXPECT_EQ(out.boxes, sample.boxes);
    EXPECT_EQ(out.keypoints, sample.keypoints);
    EXPECT_EQ(out.image.size(), sample.image.size());
  }
}

}  // namespace
}  // namespace doppel::augment
