#include "doppel/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace doppel::augment {
namespace {

TEST(Stream, DrawsArePureFunctionsOfTheirAddress) {
  const Stream a{.seed = 1, .epoch = 2, .index = 3};
  EXPECT_EQ(a.bits("x"), (Stream{.seed = 1, .epoch = 2, .index = 3}.bits("x")));
  std::set<std::uint64_t> all{a.bits("x"),
                              a.bits("y"),
                              a.split("x").bits("x"),
                              a.split("x", 1).bits("x"),
                              Stream{.seed = 2, .epoch = 1, .index = 3}.bits("x"),
                              Stream{.seed = 1, .epoch = 3, .index = 2}.bits("x"),
                              Stream{.seed = 0, .epoch = 1}.bits("x"),
                              Stream{.seed = 1, .epoch = 0}.bits("x")};
  EXPECT_EQ(all.size(), 8U);
}

TEST(Stream, UniformHasItsMomentsAndEnds) {
  double sum = 0, square = 0;
  const int n = 20000;
  for (int i = 0; i < n; ++i) {
    const double u = Stream{.index = static_cast<std::uint64_t>(i)}.uniform("u", -1, 3);
    ASSERT_GE(u, -1);
    ASSERT_LT(u, 3);
    sum += u;
    square += u * u;
  }
  EXPECT_NEAR(sum / n, 1, 0.03);
  EXPECT_NEAR(square / n - 1, 16.0 / 12, 0.05);
  EXPECT_EQ(Stream{}.uniform("u", 2, 2), 2);
}

TEST(Stream, NormalHasItsMoments) {
  double sum = 0, square = 0, fourth = 0;
  const int n = 40000;
  for (int i = 0; i < n; ++i) {
    const double z = Stream{.index = static_cast<std::uint64_t>(i)}.normal("z");
    sum += z;
    square += z * z;
    fourth += z * z * z * z;
  }
  EXPECT_NEAR(sum / n, 0, 0.02);
  EXPECT_NEAR(square / n, 1, 0.03);
  EXPECT_NEAR(fourth / n, 3, 0.2);
}

TEST(Stream, IntegersReachBothEndsEvenly) {
  std::array<int, 7> counts{};
  for (int i = 0; i < 7000; ++i)
    ++counts[static_cast<std::size_t>(Stream{.index = static_cast<std::uint64_t>(i)}.integer("k", -3, 3) +
                                      3)];
  for (const int c : counts) EXPECT_NEAR(c, 1000, 130);
}

TEST(Stream, ChanceIsNeverAtZeroAndAlwaysAtOne) {
  int hits = 0;
  for (int i = 0; i < 5000; ++i) {
    const Stream s{.index = static_cast<std::uint64_t>(i)};
    EXPECT_FALSE(s.chance("a", 0));
    EXPECT_TRUE(s.chance("a", 1));
    hits += s.chance("a", 0.3);
  }
  EXPECT_NEAR(hits, 1500, 130);
}

}  // namespace
}  // namespace doppel::augment
