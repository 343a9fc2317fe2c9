#include "doppel/augment/transforms/flip/alternating_flip.h"

#include <gtest/gtest.h>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(AlternatingFlip, ShowsEachSampleBothWaysInTwoEpochs) {
  const Sample sample = flat_sample(8, 8, 0.5);
  const auto flips = [&](std::uint64_t epoch, std::uint64_t index) {
    const Plan plan = Recipe{AlternatingFlip{}}.draw(sample, {.seed = 3, .epoch = epoch, .index = index});
    const bool flipped = !plan.ops.empty();
    EXPECT_EQ(plan.map({1, 2}), (flipped ? Point{7, 2} : Point{1, 2}));
    return flipped;
  };
  int first = 0;
  for (std::uint64_t index = 0; index < 1000; ++index) {
    first += flips(0, index);
    for (std::uint64_t epoch = 0; epoch < 4; ++epoch)
      ASSERT_NE(flips(epoch, index), flips(epoch + 1, index)) << index;
  }
  EXPECT_NEAR(first, 500, 60);
}

}  // namespace
}  // namespace doppel::augment
