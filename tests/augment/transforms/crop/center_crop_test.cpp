#include "doppel/augment/transforms/crop/center_crop.h"

#include <gtest/gtest.h>

#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CenterCrop, CutsTheMiddle) {
  const Plan plan = Recipe{CenterCrop{.size = {10, 20}}}.draw(flat_sample(30, 41, 0.5), {});
  EXPECT_EQ(plan.ops, (std::vector<Op>{op::Crop{10, 10, {10, 20}}}));
  // The margins are alike, or one pixel apart.
  for (int side = 1; side <= 9; ++side) {
    const Plan cut = Recipe{CenterCrop{.size = {side, 1}}}.draw(flat_sample(9, 9, 0.5), {});
    const Point middle = cut.map({4.5, 4.5});
    EXPECT_NEAR(middle.y, side / 2.0, 0.5) << side;
    EXPECT_EQ(middle.x, 0.5) << side;
  }
}

TEST(CenterCrop, ASmallerImageStaysAlongThatSide) {
  const Sample sample = flat_sample(30, 40, 0.5);
  EXPECT_EQ((Recipe{CenterCrop{.size = {100, 20}}}.draw(sample, {}).ops),
            (std::vector<Op>{op::Crop{10, 0, {30, 20}}}));
  EXPECT_EQ((Recipe{CenterCrop{.size = {0, 20}}}.draw(sample, {}).ops),
            (std::vector<Op>{op::Crop{10, 0, {30, 20}}}));
  EXPECT_TRUE((Recipe{CenterCrop{.size = {100, 100}}}.draw(sample, {}).ops.empty()));
}

}  // namespace
}  // namespace doppel::augment
