#include "doppel/augment/transforms/weather/plasma_brightness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(PlasmaBrightness, BrightnessAndContrastFollowOneNoise) {
  // x · (1 + a · n) + a / 2 · n with n in [-1, 1]: from two levels n follows, and it explains both.
  const double a = 0.3;
  const Recipe recipe{PlasmaBrightness{.amount = {a, a}, .p = 1}};
  double sum = 0, most = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const cv::Mat low = recipe.apply(flat_sample(32, 32, 0.3, 1), {.index = i}).image,
                  high = recipe.apply(flat_sample(32, 32, 0.6, 1), {.index = i}).image;
    const cv::Mat n = ((high - low) / 0.3 - 1) / a, wanted = 0.3 + (0.3 * a + a / 2) * n;
    EXPECT_LE(cv::norm(low, wanted, cv::NORM_INF), 1e-5);
    EXPECT_LE(cv::norm(n, cv::NORM_INF), 1 + 1e-4);
    most = std::max(most, cv::norm(n, cv::NORM_INF));
    sum += cv::mean(n)[0] / 60;
  }
  EXPECT_GT(most, 0.8);
  EXPECT_NEAR(sum, 0, 0.15);  // as often brighter as darker
}

TEST(PlasmaBrightness, RoughnessWeighsFinerOctaves) {
  double before = 0;
  for (const double roughness : {0.0, 0.5, 1.0}) {
    double step = 0;
    for (std::uint64_t i = 0; i < 20; ++i) {
      const PlasmaBrightness plasma{.roughness = {roughness, roughness}, .amount = {0.3, 0.3}, .p = 1};
      const cv::Mat out = Recipe{plasma}.apply(flat_sample(64, 64, 0.5, 1), {.index = i}).image;
      step += cv::norm(out.colRange(1, 64), out.colRange(0, 63), cv::NORM_L1);
    }
    EXPECT_GT(step, 1.2 * before) << roughness;
    before = step;
  }
}

}  // namespace
}  // namespace doppel::augment
