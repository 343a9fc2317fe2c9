#include "doppel/augment/transforms/crop/crop_near_object.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CropNearObject, CutsTheBoxOutAndScalesIt) {
  Sample sample = flat_sample(100, 120, 0.5);
  sample.boxes = {{10.2, 20, 29.5, 60, 0, 1}};
  const Drawn drawn = Recipe{CropNearObject{.jitter = 0, .size = {80, 40}, .p = 1}}.draft(sample, {});
  // All of each pixel that the box touches.
  EXPECT_EQ(drawn.plan.ops, (std::vector<Op>{op::Crop{10, 20, {40, 20}}, op::Resize{{80, 40}}}));
  EXPECT_NEAR(drawn.boxes.at(0).x0, 0.4, 1e-9);
  EXPECT_NEAR(drawn.boxes.at(0).x1, 39, 1e-9);
  // By default the result is as large as the image.
  EXPECT_EQ(Recipe{CropNearObject{.p = 1}}.draw(sample, {.seed = 1}).size(), (Size{100, 120}));
}

TEST(CropNearObject, MovesEachSideByItsShareOfTheBox) {
  Sample sample = flat_sample(1000, 1000, 0.5, 1);
  sample.boxes = {{400, 300, 500, 700, 0, 1}};
  int least = 1000, most = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto crop = std::get<op::Crop>(
        Recipe{CropNearObject{.jitter = 0.3, .p = 1}}.draw(sample, {.index = i}).ops.at(0));
    EXPECT_NEAR(crop.x, 400, 31) << i;
    EXPECT_NEAR(crop.x + crop.size.width, 500, 31) << i;
    EXPECT_NEAR(crop.y, 300, 121) << i;
    EXPECT_NEAR(crop.y + crop.size.height, 700, 121) << i;
    least = std::min(least, crop.y);
    most = std::max(most, crop.y);
  }
  EXPECT_LT(least, 300 - 110);
  EXPECT_GT(most, 300 + 110);
}

TEST(CropNearObject, TakesObjectsInTurnAndLeavesAnImageWithoutAny) {
  Sample sample = flat_sample(50, 50, 0.5);
  EXPECT_TRUE(Recipe{CropNearObject{.p = 1}}.draw(sample, {}).ops.empty());
  sample.boxes = {{0, 0, 5, 5, 0, 1}, {30, 30, 50, 50, 1, 1}};
  int first = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    // However far the sides move, a window remains.
    const Plan plan = Recipe{CropNearObject{.jitter = 5, .p = 1}}.draw(sample, {.index = i});
    EXPECT_EQ(plan.size(), (Size{50, 50}));
    const Plan tight = Recipe{CropNearObject{.jitter = 0, .p = 1}}.draw(sample, {.index = i});
    first += std::get<op::Crop>(tight.ops.at(0)).x == 0;
  }
  EXPECT_NEAR(first, 200, 50);
}

}  // namespace
}  // namespace doppel::augment
