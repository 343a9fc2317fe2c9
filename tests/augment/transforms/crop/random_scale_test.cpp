#include "doppel/augment/transforms/crop/random_scale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(RandomScale, IsAsLikelyToHalveAsToDouble) {
  const Sample sample = flat_sample(1000, 2000, 0.5, 1);
  std::array<int, 4> quarters{};
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Size size = Recipe{RandomScale{.factor = {0.5, 2}, .p = 1}}.draw(sample, {.index = i}).size();
    EXPECT_NEAR(size.width, 2 * size.height, 2);
    const double octaves = std::log2(size.height / 1000.0);
    ASSERT_TRUE(octaves >= -1.001 && octaves <= 1.001) << octaves;
    ++quarters[static_cast<std::size_t>(std::clamp(int((octaves + 1) * 2), 0, 3))];
  }
  for (const int n : quarters) EXPECT_NEAR(n, 500, 90);
}

TEST(RandomScale, LeavesAPixelAndScalesTargets) {
  EXPECT_EQ((Recipe{RandomScale{.factor = {0.01, 0.01}, .p = 1}}.draw(flat_sample(9, 300, 0.5), {}).size()),
            (Size{1, 3}));
  Sample sample = flat_sample(20, 30, 0.5);
  sample.boxes = {{2, 4, 10, 20, 0, 1}};
  const Drawn drawn = Recipe{RandomScale{.factor = {1.5, 1.5}, .p = 1}}.draft(sample, {});
  EXPECT_EQ(drawn.plan.size(), (Size{30, 45}));
  EXPECT_EQ(drawn.boxes.at(0), (Box{3, 6, 15, 30, 0, 1}));
}

}  // namespace
}  // namespace doppel::augment
