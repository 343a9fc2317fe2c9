#include "doppel/augment/transforms/weather/clouds.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Clouds, AreWhiteAndCoverTheirShare) {
  for (const double amount : {0.2, 0.5, 0.8}) {
    double covered = 0;
    for (std::uint64_t i = 0; i < 40; ++i) {
      const cv::Mat out = Recipe{Clouds{.amount = {amount, amount}, .p = 1}}
                              .apply(flat_sample(64, 64, 0), {.index = i})
                              .image;
      double low = 0, high = 0;
      cv::minMaxLoc(out.reshape(1), &low, &high);
      EXPECT_GE(low, 0);
      EXPECT_LE(high, 0.98);
      // Clouds fade out: they count where they take a tenth of what is behind.
      cv::Mat cloudy;
      cv::inRange(out, cv::Scalar::all(0.1), cv::Scalar::all(1), cloudy);
      covered += cv::countNonZero(cloudy) / 4096.0 / 40;
    }
    EXPECT_NEAR(covered, amount, 0.08) << amount;
  }
}

TEST(Clouds, ScaleIsTheSizeOfACloud) {
  // Smaller clouds are steeper: the mean step from pixel to pixel falls with the scale.
  double before = 1;
  for (const double scale : {0.1, 0.3, 0.9}) {
    double step = 0;
    for (std::uint64_t i = 0; i < 20; ++i) {
      const Clouds clouds{.amount = {0.5, 0.5}, .scale = {scale, scale}, .p = 1};
      const cv::Mat out = Recipe{clouds}.apply(flat_sample(64, 64, 0, 1), {.index = i}).image;
      step += cv::norm(out.colRange(1, 64), out.colRange(0, 63), cv::NORM_L1) / 63 / 64 / 20;
    }
    EXPECT_LT(step, 0.8 * before) << scale;
    before = step;
  }
}

}  // namespace
}  // namespace doppel::augment
