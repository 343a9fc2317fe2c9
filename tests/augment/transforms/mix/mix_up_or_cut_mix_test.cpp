#include "doppel/augment/transforms/mix/mix_up_or_cut_mix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "augment/transforms/mix/partners.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(MixUpOrCutMix, IsOneOrTheOtherAlikeEachWithItsAlpha) {
  // With a large alpha the share is near a half.
  const Recipe recipe{MixUpOrCutMix{.mixup_alpha = 1000, .cutmix_alpha = 1000, .p = 1}};
  const Sample own = flat_sample(100, 100, 0.2), other = flat_sample(100, 100, 0.8);
  int averages = 0;
  constexpr int kDraws = 1000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Drawn drawn = recipe.draft(own, {.index = i}, always(other));
    ASSERT_EQ(drawn.plan.ops.size(), 1U);
    const auto& join = std::get<op::Join>(drawn.plan.ops[0]);
    if (join.mode == op::Join::Mode::Average) {
      ++averages;
      EXPECT_NEAR(join.share, 0.5, 0.06);
    } else {
      EXPECT_EQ(join.mode, op::Join::Mode::Paste);
      const Size window = join.plan.at(0).size();
      EXPECT_LE(std::max(window.height, window.width), 76);  // √0.5 of the side, give or take
      EXPECT_GE(std::min(window.height, window.width), 32);  // half of it where it is clipped
    }
  }
  EXPECT_NEAR(averages, kDraws / 2, 80);
}

}  // namespace
}  // namespace doppel::augment
