#include "doppel/augment/transforms/crop/random_sized_crop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(RandomSizedCrop, HeightIsDrawnEvenlyAndWidthFollows) {
  const Sample sample = flat_sample(1000, 2000, 0.5, 1);
  const Recipe recipe{RandomSizedCrop{.height = {0.4, 0.8}, .ratio = 1.5, .size = {32, 48}}};
  std::array<int, 4> heights{}, places{};
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Plan plan = recipe.draw(sample, {.index = i});
    EXPECT_EQ(plan.size(), (Size{32, 48}));
    const auto crop = std::get<op::Crop>(plan.ops.at(0));
    EXPECT_NEAR(crop.size.width, 1.5 * crop.size.height, 2);
    ASSERT_TRUE(crop.size.height >= 400 && crop.size.height <= 800);
    ++heights[static_cast<std::size_t>(std::min(3, (crop.size.height - 400) / 100))];
    ++places[static_cast<std::size_t>(std::min(3, 4 * crop.x / (2000 - crop.size.width)))];
  }
  for (const int n : heights) EXPECT_NEAR(n, 500, 90);
  for (const int n : places) EXPECT_NEAR(n, 500, 90);
}

TEST(RandomSizedCrop, StaysWithinTheImage) {
  EXPECT_EQ((Recipe{RandomSizedCrop{.height = {1, 1}, .ratio = 1, .size = {0, 0}}}
                 .draw(flat_sample(40, 20, 0.5), {})
                 .ops),
            std::vector<Op>{});  // as wide as it's high would be wider than the image
  const Recipe sliver{RandomSizedCrop{.height = {0, 0}, .size = {5, 5}}};
  EXPECT_EQ(std::get<op::Crop>(sliver.draw(flat_sample(40, 20, 0.5), {}).ops.at(0)).size, (Size{1, 1}));
  EXPECT_EQ(sliver.draw(flat_sample(1, 1, 0.5), {}).size(), (Size{5, 5}));
}

}  // namespace
}  // namespace doppel::augment
