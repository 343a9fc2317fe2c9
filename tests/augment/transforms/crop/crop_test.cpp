#include "doppel/augment/transforms/crop/crop.h"

#include <gtest/gtest.h>

#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Crop, CutsSharesOfTheSides) {
  Sample sample = flat_sample(40, 80, 0.5);
  sample.boxes = {{30, 24, 50, 36, 0, 1}};
  const Drawn drawn = Recipe{Crop{.box = {0.25, 0.5, 0.75, 1}}}.draft(sample, {});
  EXPECT_EQ(drawn.plan.ops, (std::vector<Op>{op::Crop{20, 20, {20, 40}}}));
  EXPECT_EQ(drawn.boxes.at(0), (Box{10, 4, 30, 16, 0, 1}));
  // To the nearest pixel.
  EXPECT_EQ((Recipe{Crop{.box = {0.14, 0.16, 1, 1}}}.draw(flat_sample(10, 10, 0.5), {}).ops),
            (std::vector<Op>{op::Crop{1, 2, {8, 9}}}));
}

TEST(Crop, LeavesAPixel) {
  for (const int side : {1, 2, 3, 10})
    for (const double low : {0.0, 0.3, 0.999}) {
      const Crop sliver{.box = {low, low, low + 0.001, low + 0.001}};
      EXPECT_EQ(Recipe{sliver}.draw(flat_sample(side, side, 0.5), {}).size(), (Size{1, 1}))
          << side << " " << low;
    }
}

TEST(Crop, RefusesBoxesWithoutArea) {
  for (const std::vector<double>& box :
       {std::vector<double>{0.5, 0, 0.5, 1}, {0, 0.7, 1, 0.6}, {0, 0, 1}, {}})
    EXPECT_EQ(error_of([&] { Recipe{Crop{.box = box}}; }),
              ("Crop: box needs x0 < x1 and y0 < y1 as [x0, y0, x1, y1]"));
}

}  // namespace
}  // namespace doppel::augment
