#include "doppel/nn/study/copies.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

FeatureSet points_in_a_cube(std::size_t count, std::uint64_t seed) {
  FeatureSet set{3, {}, {}};
  const Stream stream{.seed = seed};
  for (std::size_t i = 0; i < 3 * count; ++i)
    set.values.push_back(static_cast<float>(stream.split("at", i).uniform("v", 0, 1)));
  set.labels.assign(count, 0);
  return set;
}

TEST(Copies, WhatIsOfTheSameKindIsNoCopy) {
  const FeatureSet train = points_in_a_cube(1000, 1), held_out = points_in_a_cube(500, 2),
                   generated = points_in_a_cube(800, 3);
  const Copies copies =
      count_copies(copying_bound(train), nearest(generated, train), nearest(held_out, train));
  EXPECT_EQ(copies.generated_of, 800U);
  EXPECT_EQ(copies.held_out_of, 500U);
  // The nearest hundredth of half as many: about two in a hundred.
  EXPECT_LT(copies.held_out_share(), 0.05);
  EXPECT_FALSE(copies.above_real());
}

TEST(Copies, WhatIsRepeatedIsFound) {
  const FeatureSet train = points_in_a_cube(1000, 1), held_out = points_in_a_cube(500, 2);
  FeatureSet generated = points_in_a_cube(800, 3);
  std::ranges::copy(train.first(100).values, generated.values.begin());
  const Copies copies =
      count_copies(copying_bound(train), nearest(generated, train), nearest(held_out, train));
  EXPECT_GE(copies.generated, 100U);
  EXPECT_TRUE(copies.above_real());
}

TEST(Copies, FewAreNoEvidence) {
  EXPECT_FALSE((Copies{1, 20, 0, 20}.above_real()));
  EXPECT_TRUE((Copies{10, 20, 0, 20}.above_real()));
  EXPECT_FALSE((Copies{30, 1000, 20, 1000}.above_real()));  // surely more, but not twice as many
  EXPECT_FALSE((Copies{}.above_real()));
  EXPECT_EQ(copying_bound(points_in_a_cube(3, 1)), 0);
}

}  // namespace
}  // namespace doppel::nn
