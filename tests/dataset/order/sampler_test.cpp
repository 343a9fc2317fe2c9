#include "doppel/dataset/order/sampler.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "dataset/levels.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

TEST(Shuffle, IsAPermutationForEverySize) {
  for (std::uint64_t n = 1; n < 200; ++n) {
    std::vector<bool> seen(n);
    const Shuffle shuffle(n, 3, 4);
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto k = shuffle(i);
      ASSERT_LT(k, n);
      ASSERT_FALSE(seen[k]);
      seen[k] = true;
    }
  }
}

TEST(Shuffle, SeedAndEpochAreNotExchangeableAndPlacesAreEven) {
  const Shuffle a(1000, 0, 1), b(1000, 1, 0);
  int same = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) same += a(i) == b(i);
  EXPECT_LT(same, 10);
  // Where position 0 goes over many epochs: every tenth of the range alike.
  std::map<std::uint64_t, int> tenths;
  for (std::uint64_t e = 0; e < 5000; ++e) ++tenths[Shuffle(1000, 7, e)(0) / 100];
  for (const auto& [tenth, n] : tenths) EXPECT_NEAR(n, 500, 90);
  EXPECT_LT(Shuffle(std::uint64_t{1} << 40, 1, 1)(12345), std::uint64_t{1} << 40);
}

TEST(Weighted, FollowsItsWeights) {
  const std::vector<double> weights{1, 0, 3, 0.5, 5.5};
  const Weighted weighted(weights);
  std::vector<int> counts(5);
  constexpr int kDraws = 40000;
  for (std::uint64_t p = 0; p < kDraws; ++p) ++counts[weighted(p, 7, 1)];
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(counts[i] / double(kDraws), weights[i] / 10, 0.01) << i;
  EXPECT_EQ(counts[1], 0);
  EXPECT_EQ(weighted(17, 7, 1), weighted(17, 7, 1));
  EXPECT_THROW(Weighted(std::vector<double>{0, 0}), UsageError);
  EXPECT_THROW(Weighted(std::vector<double>{1, -1}), UsageError);
}

TEST(Weighted, OfOneSampleGivesThatOne) {
  const Weighted one(std::vector<double>{3});
  for (std::uint64_t p = 0; p < 10; ++p) EXPECT_EQ(one(p, 1, 2), 0U);
  EXPECT_THROW(Weighted(std::vector<double>{}), UsageError);
}

TEST(Balanced, HasEveryClassInEveryRoundAndEverySampleOfAClassInTurn) {
  // Of every 16 samples one, two, four and nine.
  std::vector<augment::Sample> samples(160);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i].label = i % 16 < 1 ? 0 : i % 16 < 3 ? 1 : i % 16 < 7 ? 2 : 3;
  const auto source = std::make_shared<InMemory>(samples, std::vector<std::string>{"a", "b", "c", "d"});
  const Balanced balanced(*source);
  std::map<int, std::vector<std::size_t>> seen;
  for (std::uint64_t round = 0; round < 40; ++round) {
    std::set<int> classes;
    for (std::uint64_t k = 0; k < 4; ++k) {
      const std::size_t index = balanced(4 * round + k, 3, 2);
      classes.insert(source->label(index));
      seen[source->label(index)].push_back(index);
    }
    EXPECT_EQ(classes.size(), 4U) << round;
  }
  // Ten samples of the rarest class: each comes once in ten rounds.
  for (std::size_t pass = 0; pass < 4; ++pass)
    EXPECT_EQ(std::set<std::size_t>(seen[0].begin() + std::ptrdiff_t(10 * pass),
                                    seen[0].begin() + std::ptrdiff_t(10 * pass + 10))
                  .size(),
              10U);
}

TEST(Balanced, LeavesOutWhatHasNoClass) {
  std::vector<augment::Sample> samples(5);
  samples[3].label = 0;
  const Balanced one(InMemory(samples, {"a"}));
  for (std::uint64_t p = 0; p < 10; ++p) EXPECT_EQ(one(p, 1, 2), 3U);
  EXPECT_THROW(Balanced(*levels(5, 0, {})), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
