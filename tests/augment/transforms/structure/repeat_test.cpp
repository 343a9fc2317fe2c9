#include "doppel/augment/transforms/structure/repeat.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/brightness.h"

namespace doppel::augment {
namespace {

TEST(Repeat, EachTurnHasDrawsOfItsOwn) {
  const Recipe recipe{Repeat{.what = {Brightness{.p = 1}, Brightness{.p = 1}}, .times = {3, 3}}};
  const Plan plan = recipe.draw(flat_sample(4, 4, 0.5), {.seed = 2});
  ASSERT_EQ(plan.ops.size(), 6U);
  std::set<double> factors;
  for (const Op& op : plan.ops) factors.insert(std::get<op::ColorMatrix>(op).matrix[0]);
  EXPECT_EQ(factors.size(), 6U);
}

TEST(Repeat, HowOftenIsDrawnEvenly) {
  const Recipe recipe{Repeat{.what = {Brightness{.p = 1}}, .times = {0, 3}}};
  std::map<std::size_t, int> counts;
  for (std::uint64_t i = 0; i < 2000; ++i)
    ++counts[recipe.draw(flat_sample(4, 4, 0.5), {.index = i}).ops.size()];
  ASSERT_EQ(counts.size(), 4U);
  for (const auto& [times, count] : counts) EXPECT_NEAR(count, 500, 95) << times;
  EXPECT_EQ(counts.rbegin()->first, 3U);
}

}  // namespace
}  // namespace doppel::augment
