#include "doppel/augment/transforms/crop/shortest_side.h"

#include <gtest/gtest.h>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ShortestSide, TheShorterSideHasTheLength) {
  const auto size = [](Size from, int side) {
    return Recipe{ShortestSide{.size = side}}.draw(flat_sample(from.height, from.width, 0.5, 1), {}).size();
  };
  EXPECT_EQ(size({30, 60}, 128), (Size{128, 256}));
  EXPECT_EQ(size({60, 30}, 128), (Size{256, 128}));
  EXPECT_EQ(size({600, 300}, 20), (Size{40, 20}));
  EXPECT_EQ(size({100, 201}, 64), (Size{64, 129}));  // 128.6
  EXPECT_EQ(size({1, 100}, 10), (Size{10, 1000}));
  EXPECT_EQ(size({1, 1}, 7), (Size{7, 7}));
}

TEST(ShortestSide, TargetsAreScaledAlike) {
  Sample sample = flat_sample(20, 40, 0.5);
  sample.boxes = {{4, 5, 10, 15, 0, 1}};
  sample.keypoints = {{4, 5, 30, 1, 0, 1}};
  const Drawn drawn = Recipe{ShortestSide{.size = 40}}.draft(sample, {});
  EXPECT_EQ(drawn.boxes.at(0), (Box{8, 10, 20, 30, 0, 1}));
  EXPECT_NEAR(drawn.keypoints.at(0).scale, 2, 1e-12);
  EXPECT_NEAR(drawn.keypoints.at(0).angle, 30, 1e-9);
  // Nothing to do, nothing done.
  EXPECT_TRUE(Recipe{ShortestSide{.size = 20}}.draw(flat_sample(20, 30, 0.5), {}).ops.empty());
}

}  // namespace
}  // namespace doppel::augment
