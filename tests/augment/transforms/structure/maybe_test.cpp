#include "doppel/augment/transforms/structure/maybe.h"

#include <gtest/gtest.h>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/negative.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"

namespace doppel::augment {
namespace {

TEST(Maybe, DrawsAllItsPartsOrNone) {
  const Recipe recipe{Maybe{.what = {HorizontalFlip{.p = 1}, Negative{.p = 1}}, .p = 0.3}};
  int applied = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const std::size_t ops = recipe.draw(flat_sample(4, 4, 0.5), {.index = i}).ops.size();
    EXPECT_TRUE(ops == 0 || ops == 2) << ops;
    applied += ops == 2;
  }
  EXPECT_NEAR(applied, 600, 100);
}

TEST(Maybe, APartsOwnChanceHoldsWithin) {
  const Recipe recipe{Maybe{.what = {HorizontalFlip{.p = 0.5}}, .p = 0.5}};
  int applied = 0;
  for (std::uint64_t i = 0; i < 2000; ++i)
    applied += !recipe.draw(flat_sample(4, 4, 0.5), {.index = i}).ops.empty();
  EXPECT_NEAR(applied, 500, 95);
}

}  // namespace
}  // namespace doppel::augment
