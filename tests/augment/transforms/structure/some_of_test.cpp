#include "doppel/augment/transforms/structure/some_of.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/posterize.h"

namespace doppel::augment {
namespace {

/// Four parts that can be told apart: 1 to 4 bits.
SomeOf some_of_four(IntRange n, bool replace) {
  SomeOf some{.of = {}, .n = n, .replace = replace};
  for (int bits = 1; bits <= 4; ++bits) some.of.emplace_back(Posterize{.bits = {bits, bits}, .p = 1});
  return some;
}

/// Which parts are drawn, in their order.
std::vector<int> some_parts(const SomeOf& some, std::uint64_t index) {
  std::vector<int> parts;
  for (const Op& op : Recipe{some}.draw(flat_sample(4, 4, 0.5), {.index = index}).ops)
    parts.push_back(std::get<op::Posterize>(op).bits);
  return parts;
}

TEST(SomeOf, DrawsDistinctPartsInTheirOrder) {
  std::map<std::vector<int>, int> pairs;
  for (std::uint64_t i = 0; i < 3000; ++i) ++pairs[some_parts(some_of_four({2, 2}, false), i)];
  // All six pairs, alike.
  EXPECT_EQ(pairs.size(), 6U);
  for (const auto& [parts, count] : pairs) {
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_LT(parts[0], parts[1]);
    EXPECT_NEAR(count, 500, 105);
  }
}

TEST(SomeOf, MoreThanThereAreIsAll) {
  for (std::uint64_t i = 0; i < 20; ++i)
    EXPECT_EQ(some_parts(some_of_four({9, 9}, false), i), (std::vector<int>{1, 2, 3, 4}));
}

TEST(SomeOf, WithReplaceAnyPartMayComeAgain) {
  int again = 0, backwards = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto parts = some_parts(some_of_four({2, 2}, true), i);
    ASSERT_EQ(parts.size(), 2U);
    again += parts[0] == parts[1];
    backwards += parts[0] > parts[1];
  }
  EXPECT_NEAR(again, 500, 95);
  EXPECT_NEAR(backwards, 750, 105);
  EXPECT_EQ(some_parts(some_of_four({9, 9}, true), 1).size(), 9U);
}

}  // namespace
}  // namespace doppel::augment
