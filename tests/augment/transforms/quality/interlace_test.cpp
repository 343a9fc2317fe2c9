#include "doppel/augment/transforms/quality/interlace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <set>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Interlace, OddRowsMoveToEitherSideByAShareOfTheWidth) {
  Sample sample;
  sample.image = wavy(10, 40, 3);
  std::set<int> shifts;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const cv::Mat out = Recipe{Interlace{{0.1, 0.1}, 1}}.apply(sample, {.seed = seed}).image;
    for (int y = 0; y < 10; y += 2) ASSERT_EQ(largest_difference(out.row(y), sample.image.row(y)), 0);
    const int shift =
        largest_difference(out.row(1).colRange(4, 40), sample.image.row(1).colRange(0, 36)) == 0 ? 4 : -4;
    shifts.insert(shift);
    for (int y = 1; y < 10; y += 2)
      for (int x = 0; x < 40; ++x)  // the edge goes on
        ASSERT_EQ(out.at<cv::Vec3b>(y, x), sample.image.at<cv::Vec3b>(y, std::clamp(x - shift, 0, 39)));
  }
  EXPECT_EQ(shifts, (std::set{-4, 4}));
}

TEST(Interlace, NothingMovesByLessThanHalfAPixel) {
  Sample sample;
  sample.image = wavy(10, 40, 1);
  EXPECT_TRUE((Recipe{Interlace{{0, 0.49 / 40}, 1}}.draw(sample, {}).ops.empty()));
  sample.image = wavy(10, 1, 1);
  EXPECT_EQ(largest_difference(Recipe{Interlace{{1, 1}, 1}}.apply(sample, {}).image, sample.image), 0);
}

}  // namespace
}  // namespace doppel::augment
