#include "doppel/augment/transforms/structure/sequence.h"

#include <gtest/gtest.h>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/negative.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"

namespace doppel::augment {
namespace {

TEST(Sequence, DrawsEveryPartInOrder) {
  const Recipe recipe{Sequence{.of = {Negative{.p = 1}, HorizontalFlip{.p = 1}, Brightness{.p = 1}}}};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Plan plan = recipe.draw(flat_sample(4, 4, 0.5), {.index = i});
    ASSERT_EQ(plan.ops.size(), 3U);
    EXPECT_TRUE(std::holds_alternative<op::ColorMatrix>(plan.ops[0]));
    EXPECT_TRUE(std::holds_alternative<op::Flip>(plan.ops[1]));
    EXPECT_TRUE(std::holds_alternative<op::ColorMatrix>(plan.ops[2]));
  }
}

TEST(Sequence, PartsOfOneNameAndSequencesOfOneRecipeDrawApart) {
  const Sequence twice{.of = {Brightness{.p = 1}, Brightness{.p = 1}}};
  const Plan plan = Recipe{twice, twice}.draw(flat_sample(4, 4, 0.5), {.seed = 4});
  ASSERT_EQ(plan.ops.size(), 4U);
  for (std::size_t a = 0; a < 4; ++a)
    for (std::size_t b = 0; b < a; ++b) EXPECT_NE(plan.ops[a], plan.ops[b]) << a << " " << b;
}

}  // namespace
}  // namespace doppel::augment
