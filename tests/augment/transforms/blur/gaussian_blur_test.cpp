#include "doppel/augment/transforms/blur/gaussian_blur.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(GaussianBlur, SpreadsAPointAsTheDensityFalls) {
  for (const double sigma : {0.7, 1.0, 2.0}) {
    const cv::Mat out = Recipe{GaussianBlur{{sigma, sigma}, 1}}.apply(one_point(21), {}).image;
    EXPECT_NEAR(cv::sum(out)[0], 1, 1e-5);
    for (int y = 0; y <= 3; ++y)
      for (int x = 0; x <= 2; ++x) {
        const double share = std::exp(-(x * x + y * y) / (2 * sigma * sigma));
        if (std::max(x, y) > std::ceil(3.5 * sigma)) continue;
        EXPECT_NEAR(out.at<float>(10 + y, 10 + x) / out.at<float>(10, 10), share, 1e-5) << x << " " << y;
      }
  }
}

TEST(GaussianBlur, ItsWidthIsDrawnOverTheWholeRange) {
  double low = 9, high = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = Recipe{GaussianBlur{{0.5, 2}, 1}}.draw(one_point(3), {.seed = seed});
    const double sigma = std::get<op::GaussianBlur>(plan.ops.at(0)).sigma;
    low = std::min(low, sigma);
    high = std::max(high, sigma);
  }
  EXPECT_GE(low, 0.5);
  EXPECT_LE(high, 2);
  EXPECT_NEAR(low, 0.5, 0.1);
  EXPECT_NEAR(high, 2, 0.1);
}

}  // namespace
}  // namespace doppel::augment
