#include "doppel/augment/transforms/blur/sharpen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Sharpen, IsTheFormulaWorkedByHand) {
  // Of amount 1/2 and lightness 1/4, an eighth of 8 · 0.2 is added, and of -0.2 next to it.
  const Recipe recipe{Sharpen{{0.5, 0.5}, {0.25, 0.25}, 1}};
  const cv::Mat out = recipe.apply(one_point(7, 0.6F, 0.4F), {}).image;
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 7; ++x) {
      const int away = std::max(std::abs(x - 3), std::abs(y - 3));
      EXPECT_NEAR(out.at<float>(y, x), away == 0 ? 0.8 : away == 1 ? 0.375 : 0.4, 1e-6) << x << " " << y;
    }
}

TEST(Sharpen, StaysWithinTheFullRange) {
  const Recipe recipe{Sharpen{{1, 1}, {5, 5}, 1}};
  const cv::Mat out = recipe.apply(one_point(7, 0.6F, 0.4F), {}).image;
  EXPECT_EQ(out.at<float>(3, 3), 1);
  EXPECT_EQ(out.at<float>(3, 4), 0);
  EXPECT_NEAR(out.at<float>(0, 0), 0.4, 1e-5);
}

}  // namespace
}  // namespace doppel::augment
