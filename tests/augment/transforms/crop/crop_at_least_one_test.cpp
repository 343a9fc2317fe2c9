#include "doppel/augment/transforms/crop/crop_at_least_one.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CropAtLeastOne, HoldsOneOfTheObjectsEachInItsTurn) {
  Sample sample = flat_sample(100, 160, 0.5);
  sample.boxes = {{3.5, 2.5, 30, 20, 0, 1}, {70, 40, 101, 71, 1, 1}, {140, 90, 160, 100, 2, 1}};
  const Recipe recipe{CropAtLeastOne{.size = {32, 32}}};
  std::array<int, 3> held{};
  for (std::uint64_t i = 0; i < 600; ++i) {
    const Drawn drawn = recipe.draft(sample, {.index = i});
    ASSERT_EQ(drawn.plan.size(), (Size{32, 32}));
    // The objects are too far apart for a window to hold two.
    const auto whole =
        std::ranges::find_if(drawn.boxes, [](const Box& b) { return b.visibility > 1 - 1e-9; });
    ASSERT_NE(whole, drawn.boxes.end()) << i;
    ++held[static_cast<std::size_t>(whole->label)];
  }
  for (const int n : held) EXPECT_NEAR(n, 200, 55);
}

TEST(CropAtLeastOne, KeepsItsShareOfWidthAndHeight) {
  Sample sample = flat_sample(100, 100, 0.5);
  sample.boxes = {{40, 30, 60, 70, 0, 1}};
  bool cuts = false;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Drawn drawn = Recipe{CropAtLeastOne{.size = {50, 50}, .keep = 0.6}}.draft(sample, {.index = i});
    const Box& left = drawn.boxes.at(0);
    EXPECT_GE(left.x1 - left.x0, 0.6 * 20 - 1e-9) << i;
    EXPECT_GE(left.y1 - left.y0, 0.6 * 40 - 1e-9) << i;
    cuts = cuts || left.visibility < 0.8;
  }
  EXPECT_TRUE(cuts);
}

TEST(CropAtLeastOne, LiesInAnObjectThatIsLargerAndAnywhereWithoutOne) {
  Sample large = flat_sample(60, 60, 0.5);
  large.boxes = {{10, 10, 50, 50, 0, 1}};
  const Recipe recipe{CropAtLeastOne{.size = {10, 10}}};
  int low = 60, high = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Drawn drawn = recipe.draft(large, {.index = i});
    EXPECT_EQ(drawn.boxes.at(0), (Box{0, 0, 10, 10, 0, drawn.boxes[0].visibility})) << i;
    const auto crop = std::get<op::Crop>(recipe.draw(flat_sample(60, 60, 0.5), {.index = i}).ops.at(0));
    low = std::min(low, crop.x);
    high = std::max(high, crop.x);
  }
  EXPECT_EQ(low, 0);
  EXPECT_EQ(high, 50);
  // A smaller image stays.
  EXPECT_TRUE(recipe.draw(flat_sample(10, 7, 0.5), {}).ops.empty());
}

}  // namespace
}  // namespace doppel::augment
