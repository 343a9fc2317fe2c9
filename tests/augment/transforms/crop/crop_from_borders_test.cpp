#include "doppel/augment/transforms/crop/crop_from_borders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CropFromBorders, CutsEachSideByItsOwnShare) {
  const CropFromBorders cut{
      .left = {0.1, 0.1}, .right = {0.2, 0.2}, .top = {0.25, 0.25}, .bottom = {0, 0}, .p = 1};
  EXPECT_EQ(Recipe{cut}.draw(flat_sample(40, 100, 0.5), {}).ops,
            (std::vector<Op>{op::Crop{10, 10, {30, 70}}}));
}

TEST(CropFromBorders, SidesAreDrawnApartFromTheirRanges) {
  const Sample sample = flat_sample(1000, 1000, 0.5, 1);
  const Range range{0.1, 0.3};
  const Recipe recipe{CropFromBorders{.left = range, .right = range, .top = range, .bottom = range, .p = 1}};
  std::array<double, 4> sums{};
  double together = 0;
  constexpr int kDraws = 500;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const auto crop = std::get<op::Crop>(recipe.draw(sample, {.index = i}).ops.at(0));
    const std::array<int, 4> cuts{crop.x, 1000 - crop.x - crop.size.width, crop.y,
                                  1000 - crop.y - crop.size.height};
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_GE(cuts[k], 100);
      EXPECT_LE(cuts[k], 300);
      sums[k] += cuts[k];
    }
    together += (cuts[0] - 200.0) * (cuts[1] - 200.0) / kDraws;
  }
  for (const double sum : sums) EXPECT_NEAR(sum / kDraws, 200, 12);
  EXPECT_NEAR(together, 0, 0.25 * 200 * 200 / 12.0);  // uncorrelated
}

TEST(CropFromBorders, LeavesAPixel) {
  const Range most{0.49, 0.49};
  for (int side = 1; side < 8; ++side) {
    const CropFromBorders cut{.left = most, .right = most, .top = most, .bottom = most, .p = 1};
    const Size left = Recipe{cut}.draw(flat_sample(side, side, 0.5), {}).size();
    EXPECT_GE(std::min(left.height, left.width), 1) << side;
  }
}

}  // namespace
}  // namespace doppel::augment
