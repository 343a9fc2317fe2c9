#include "doppel/augment/transforms/structure/one_of.h"

#include <gtest/gtest.h>

#include <array>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/negative.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"

namespace doppel::augment {
namespace {

/// How often each kind of op is drawn in 2000: mirrored, upside down, negative; and none.
std::array<int, 4> one_of_counts(const OneOf& one) {
  std::array<int, 4> counts{};
  const Recipe recipe{one};
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Plan plan = recipe.draw(flat_sample(4, 4, 0.5), {.index = i});
    EXPECT_LE(plan.ops.size(), 1U);
    if (plan.ops.empty())
      ++counts[3];
    else if (const auto* flip = std::get_if<op::Flip>(&plan.ops[0]))
      ++counts[flip->axis == op::Flip::Axis::Horizontal ? 0 : 1];
    else
      ++counts[2];
  }
  return counts;
}

TEST(OneOf, DrawsExactlyOneAndAllAlike) {
  const auto counts =
      one_of_counts(OneOf{HorizontalFlip{.p = 1}, VerticalFlip{.p = 1}, Negative{.p = 1}}.with_chance(1));
  EXPECT_EQ(counts[3], 0);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(counts[k], 667, 105) << k;
}

TEST(OneOf, KeepsItsWeights) {
  OneOf one{HorizontalFlip{.p = 1}, VerticalFlip{.p = 1}, Negative{.p = 1}};
  one.weights = {3, 1, 0};
  one.p = 1;
  const auto counts = one_of_counts(one);
  EXPECT_NEAR(counts[0], 1500, 95);
  EXPECT_NEAR(counts[1], 500, 95);
  EXPECT_EQ(counts[2], 0);
}

TEST(OneOf, ChancesMultiply) {
  const OneOf one{HorizontalFlip{.p = 0.5}};
  const auto counts = one_of_counts(one.with_chance(0.4));
  EXPECT_NEAR(counts[0], 400, 90);
  EXPECT_EQ(one.p, 0.5);  // the copy alone is changed
}

}  // namespace
}  // namespace doppel::augment
