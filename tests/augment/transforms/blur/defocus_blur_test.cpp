#include "doppel/augment/transforms/blur/defocus_blur.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(DefocusBlur, SpreadsAPointOverADiscWithASmoothRim) {
  const cv::Mat out = Recipe{DefocusBlur{{2, 2}, {0, 0}, 1}}.apply(one_point(11), {}).image;
  // Nine pixels within the disc, and twelve on its rim: four at 2, eight at the root of 5.
  const double at_two = 0.5, at_knight = 2.5 - std::sqrt(5.0), sum = 9 + 4 * at_two + 8 * at_knight;
  for (int y = -5; y <= 5; ++y)
    for (int x = -5; x <= 5; ++x) {
      const int r2 = x * x + y * y;
      const double weight = r2 <= 2 ? 1 : r2 == 4 ? at_two : r2 == 5 ? at_knight : 0;
      EXPECT_NEAR(out.at<float>(y + 5, x + 5), weight / sum, 1e-6) << x << " " << y;
    }
}

TEST(DefocusBlur, AliasSoftensTheRimAndLeavesTheMiddle) {
  const cv::Mat sharp = Recipe{DefocusBlur{{5, 5}, {0, 0}, 1}}.apply(one_point(31), {}).image,
                soft = Recipe{DefocusBlur{{5, 5}, {1, 1}, 1}}.apply(one_point(31), {}).image;
  EXPECT_NEAR(cv::sum(soft)[0], 1, 1e-5);
  EXPECT_NEAR(soft.at<float>(15, 15), sharp.at<float>(15, 15), 0.01 * sharp.at<float>(15, 15));
  EXPECT_LT(soft.at<float>(15, 20), 0.9 * sharp.at<float>(15, 19));
  EXPECT_NEAR(sharp.at<float>(15, 22), 0, 1e-9);
  EXPECT_GT(soft.at<float>(15, 22), 1e-4);
}

}  // namespace
}  // namespace doppel::augment
