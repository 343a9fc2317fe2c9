#include "doppel/augment/transforms/crop/random_crop.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(RandomCrop, EveryPlaceIsAsLikely) {
  std::array<int, 9> places{};
  for (std::uint64_t i = 0; i < 1800; ++i) {
    const auto crop = std::get<op::Crop>(
        Recipe{RandomCrop{.size = {8, 6}}}.draw(flat_sample(10, 8, 0.5), {.index = i}).ops.at(0));
    ASSERT_EQ(crop.size, (Size{8, 6}));
    ++places.at(static_cast<std::size_t>(3 * crop.y + crop.x));
  }
  for (const int n : places) EXPECT_NEAR(n, 200, 60);
}

TEST(RandomCrop, LargerThanTheImageSaysWhatToDo) {
  const Sample sample = flat_sample(20, 30, 0.5);
  EXPECT_EQ(
      error_of([&] { Recipe{RandomCrop{.size = {40, 40}}}.draw(sample, {}); }),
      ("RandomCrop of 40x40 is larger than the image of 20x30; set pad_if_needed: true, or Resize first"));
}

TEST(RandomCrop, PadsWhereNeededWithTheImageAtADrawnPlace) {
  const Recipe recipe{RandomCrop{.size = {22, 10}, .pad_if_needed = true}};
  std::set<int> tops;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const Plan plan = recipe.draw(flat_sample(20, 30, 0.5), {.index = i});
    EXPECT_EQ(plan.size(), (Size{22, 10}));
    const auto pad = std::get<op::Pad>(plan.ops.at(0));
    EXPECT_EQ(pad.top + pad.bottom, 2);
    EXPECT_EQ(pad.left + pad.right, 0);
    tops.insert(pad.top);
  }
  EXPECT_EQ(tops, (std::set{0, 1, 2}));
  EXPECT_TRUE(recipe.draw(flat_sample(22, 10, 0.5), {}).ops.empty());
}

}  // namespace
}  // namespace doppel::augment
