#include "doppel/augment/transforms/occlusion/hide_and_seek.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(HideAndSeek, EachCellIsHiddenWhollyByChance) {
  const Recipe recipe{HideAndSeek{.grid = 3, .share = 0.3, .fill = CoverFill::Color, .p = 1}};
  // 50 and 20 aren't multiples of 3: cells differ by a pixel, and leave none out.
  const int xs[] = {0, 16, 33, 50}, ys[] = {0, 6, 13, 20};
  int hidden = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const cv::Mat out = recipe.apply(flat_sample(20, 50, 1, 1), {.index = i}).image;
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c < 3; ++c) {
        const cv::Mat cell = out(cv::Range(ys[r], ys[r + 1]), cv::Range(xs[c], xs[c + 1]));
        const int seen = cv::countNonZero(cell);
        EXPECT_TRUE(seen == 0 || seen == static_cast<int>(cell.total())) << seen;
        hidden += seen == 0;
      }
  }
  EXPECT_NEAR(hidden, 810, 120);
}

TEST(HideAndSeek, AllCellsAreTheImageHoweverSmall) {
  for (const int side : {1, 3, 10}) {
    const HideAndSeek all{.grid = 4, .share = 1, .fill = CoverFill::Color, .color = {0.25}, .p = 1};
    Sample sample = flat_sample(side, side, 1, 1);
    sample.boxes = {{0, 0, double(side), double(side), 0, 1}};
    const Sample out = Recipe{all}.apply(sample, {});
    EXPECT_EQ(cv::countNonZero(cv::abs(out.image - 0.25) < 1e-6), side * side);
    EXPECT_TRUE(out.boxes.empty());  // nothing of it is seen
  }
}

}  // namespace
}  // namespace doppel::augment
