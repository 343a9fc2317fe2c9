#include "doppel/augment/transforms/crop/scale_jitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ScaleJitter, FitsTheSizeTimesItsFactor) {
  const auto size = [](Size from, Size to, double scale) {
    return Recipe{ScaleJitter{.size = to, .scale = {scale, scale}, .p = 1}}
        .draw(flat_sample(from.height, from.width, 0.5, 1), {})
        .size();
  };
  EXPECT_EQ(size({30, 60}, {100, 100}, 1), (Size{50, 100}));
  EXPECT_EQ(size({30, 60}, {100, 100}, 0.5), (Size{25, 50}));
  EXPECT_EQ(size({30, 60}, {100, 100}, 2), (Size{100, 200}));
  EXPECT_EQ(size({30, 60}, {0, 0}, 1.5), (Size{45, 90}));  // of the image itself
  EXPECT_EQ(size({1, 1}, {0, 0}, 0.1), (Size{1, 1}));
}

TEST(ScaleJitter, FactorsAreDrawnEvenly) {
  const Sample sample = flat_sample(500, 1000, 0.5, 1);
  std::array<int, 4> quarters{};
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Size size = Recipe{ScaleJitter{.scale = {0.5, 1.5}, .p = 1}}.draw(sample, {.index = i}).size();
    EXPECT_NEAR(size.width, 2 * size.height, 2);
    ASSERT_TRUE(size.width >= 500 && size.width <= 1500);
    ++quarters[static_cast<std::size_t>(std::min(3, (size.width - 500) / 250))];
  }
  for (const int n : quarters) EXPECT_NEAR(n, 500, 90);
}

}  // namespace
}  // namespace doppel::augment
