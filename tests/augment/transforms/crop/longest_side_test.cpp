#include "doppel/augment/transforms/crop/longest_side.h"

#include <gtest/gtest.h>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(LongestSide, TheLongerSideHasTheLength) {
  const auto size = [](Size from, int side) {
    return Recipe{LongestSide{.size = side}}.draw(flat_sample(from.height, from.width, 0.5, 1), {}).size();
  };
  EXPECT_EQ(size({30, 60}, 128), (Size{64, 128}));
  EXPECT_EQ(size({60, 30}, 128), (Size{128, 64}));
  EXPECT_EQ(size({600, 300}, 20), (Size{20, 10}));
  EXPECT_EQ(size({100, 201}, 64), (Size{32, 64}));  // 31.8
  EXPECT_EQ(size({1, 1000}, 10), (Size{1, 10}));    // a pixel is left
  EXPECT_EQ(size({1, 1}, 7), (Size{7, 7}));
}

TEST(LongestSide, TargetsAreScaledAlike) {
  Sample sample = flat_sample(20, 40, 0.5);
  sample.boxes = {{4, 5, 10, 15, 0, 1}};
  sample.keypoints = {{4, 5, 30, 1, 0, 1}};
  const Drawn drawn = Recipe{LongestSide{.size = 80}}.draft(sample, {});
  EXPECT_EQ(drawn.boxes.at(0), (Box{8, 10, 20, 30, 0, 1}));
  EXPECT_NEAR(drawn.keypoints.at(0).scale, 2, 1e-12);
  EXPECT_NEAR(drawn.keypoints.at(0).angle, 30, 1e-9);
  // Nothing to do, nothing done.
  EXPECT_TRUE(Recipe{LongestSide{.size = 30}}.draw(flat_sample(20, 30, 0.5), {}).ops.empty());
}

}  // namespace
}  // namespace doppel::augment
