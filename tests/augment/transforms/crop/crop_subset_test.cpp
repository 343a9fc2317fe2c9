#include "doppel/augment/transforms/crop/crop_subset.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CropSubset, KeepsItsShareOfTheObjectsWhole) {
  Sample sample = flat_sample(200, 300, 0.5);
  for (int k = 0; k < 8; ++k) {
    const double x = 5.5 + 36 * k, y = 150 - 20 * k;
    sample.boxes.push_back({x, y, x + 25, y + 30, k, 1});
  }
  int fewer = 0;
  for (std::uint64_t i = 0; i < 300; ++i)
    for (const double share : {0.0, 0.4, 1.0}) {
      const auto boxes =
          Recipe{CropSubset{.share = {share, share}, .p = 1}}.draft(sample, {.index = i}).boxes;
      const auto whole = std::ranges::count_if(boxes, [](const Box& b) { return b.visibility > 1 - 1e-9; });
      EXPECT_GE(whole, share == 0.0 ? 1 : share == 0.4 ? 4 : 8) << i;  // 0.4 of 8 are 3.2
      fewer += share == 0.0 && whole < 4;
    }
  EXPECT_GT(fewer, 150);
}

TEST(CropSubset, TheWindowHasTheDrawnAspectAndAnyPlaceAroundTheObject) {
  Sample sample = flat_sample(400, 400, 0.5, 1);
  sample.boxes = {{180, 180, 220, 220, 0, 1}};
  double narrow = 9, wide = 0;
  int left = 400, right = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto crop = std::get<op::Crop>(
        Recipe{CropSubset{.ratio = {0.5, 2}, .p = 1}}.draw(sample, {.index = i}).ops.at(0));
    const double aspect = double(crop.size.width) / crop.size.height;
    EXPECT_GT(aspect, 0.48) << i;
    EXPECT_LT(aspect, 2.05) << i;
    narrow = std::min(narrow, aspect);
    wide = std::max(wide, aspect);
    left = std::min(left, crop.x);
    right = std::max(right, crop.x + crop.size.width);
  }
  EXPECT_LT(narrow, 0.55);
  EXPECT_GT(wide, 1.8);
  EXPECT_LT(left, 160);
  EXPECT_GT(right, 240);
}

TEST(CropSubset, WithoutObjectsTheImageStays) {
  EXPECT_TRUE(Recipe{CropSubset{.p = 1}}.draw(flat_sample(9, 9, 0.5), {}).ops.empty());
  Sample whole = flat_sample(1, 1, 0.5);
  whole.boxes = {{0, 0, 1, 1, 0, 1}};
  EXPECT_TRUE(Recipe{CropSubset{.p = 1}}.draw(whole, {}).ops.empty());
}

}  // namespace
}  // namespace doppel::augment
