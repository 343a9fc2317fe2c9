#include "doppel/nn/study/imbalance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"
#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

std::vector<std::size_t> counts_of(const dataset::Source& source) {
  std::vector<std::size_t> counts(source.classes().size());
  for (std::size_t i = 0; i < source.size(); ++i) ++counts[static_cast<std::size_t>(source.label(i))];
  return counts;
}

TEST(Imbalance, HalfOfTheClassesAreRareOthersForEachSeed) {
  EXPECT_EQ(rare_classes(7, 1).size(), 3U);
  EXPECT_EQ(rare_classes(2, 5).size(), 1U);
  EXPECT_EQ(rare_classes(10, 4), rare_classes(10, 4));
  std::set<std::vector<int>> different;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::vector<int> rare = rare_classes(10, seed);
    EXPECT_TRUE(std::ranges::is_sorted(rare));
    EXPECT_EQ(std::ranges::adjacent_find(rare), rare.end());
    for (const int c : rare) EXPECT_TRUE(c >= 0 && c < 10);
    different.insert(rare);
  }
  EXPECT_GT(different.size(), 3U);
}

TEST(Imbalance, RareClassesHaveOneImageInSoMany) {
  const auto source = tiny_source(80, 1);
  const int rare = rare_classes(2, 3)[0];
  for (const auto& [factor, left] : {std::pair<int, std::size_t>{10, 2}, {100, 1}}) {
    const auto counts = counts_of(*imbalanced(source, 20, factor, 3));
    EXPECT_EQ(counts[static_cast<std::size_t>(rare)], left);
    EXPECT_EQ(counts[static_cast<std::size_t>(1 - rare)], 20U);
  }
}

TEST(Imbalance, SmallClassesAreMadeAsLargeAsTheLargest) {
  const auto few = imbalanced(tiny_source(80, 1), 20, 10, 3), more = tiny_source(10, 9);
  const std::vector<std::size_t> even{20, 20};
  const auto again = oversampled(few), topped = topped_up(few, more);
  EXPECT_EQ(counts_of(*again), even);
  EXPECT_EQ(counts_of(*topped), even);
  // What is there stays as it is; what is added is of the rare class, in turn.
  const int rare = rare_classes(2, 3)[0];
  for (std::size_t i = 0; i < few->size(); ++i) EXPECT_EQ(again->name(i), few->name(i));
  std::vector<std::string> added;
  for (std::size_t i = few->size(); i < topped->size(); ++i) {
    EXPECT_EQ(topped->label(i), rare);
    added.push_back(topped->name(i));
  }
  ASSERT_EQ(added.size(), 18U);
  EXPECT_EQ(std::set<std::string>(added.begin(), added.end()).size(), 5U);  // all that there are of it
}

}  // namespace
}  // namespace doppel::nn
