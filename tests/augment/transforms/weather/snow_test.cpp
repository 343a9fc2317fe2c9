#include "doppel/augment/transforms/weather/snow.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

cv::Mat snow_over(const Sample& sample, Snow::Mode mode, double amount, std::uint64_t index = 0) {
  return Recipe{Snow{.amount = {amount, amount}, .mode = mode, .p = 1}}.apply(sample, {.index = index}).image;
}

TEST(Snow, FlakesOnlyLightenADarkImageInProportion) {
  const auto light = [](double amount) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 8; ++i) {
      const cv::Mat out = snow_over(flat_sample(128, 128, 0, 1), Snow::Mode::Fall, amount, i);
      double low = 0, high = 0;
      cv::minMaxLoc(out, &low, &high);
      EXPECT_GE(low, 0);
      EXPECT_LE(high, 1);
      sum += cv::mean(out)[0];
    }
    return sum;
  };
  const double few = light(0.2);
  EXPECT_GT(few, 0);
  EXPECT_NEAR(light(0.4) / few, 2, 0.3);
}

TEST(Snow, SettlesWhereItIsLight) {
  // Flat surfaces from dark to light: black stays, light turns white, nothing gets darker.
  double before = -1;
  for (const double level : {0.0, 0.1, 0.4, 0.6, 0.8}) {
    const double after =
        snow_over(flat_sample(32, 32, level), Snow::Mode::Settle, 0.8).at<cv::Vec3f>(16, 16)[0];
    EXPECT_GE(after, level - 1e-5);
    EXPECT_GT(after, before);
    before = after;
    if (level <= 0.1) { EXPECT_NEAR(after, level, 1e-4); }
  }
  // A coloured surface loses its colour.
  Sample sample = flat_sample(32, 32, 0.7);
  sample.image.setTo(cv::Scalar(0.9, 0.7, 0.6));
  const cv::Vec3f after = snow_over(sample, Snow::Mode::Settle, 1).at<cv::Vec3f>(16, 16);
  EXPECT_LT(after[0] - after[2], 0.25);
}

TEST(Snow, BothIsOneAfterTheOther) {
  const Sample sample = flat_sample(64, 64, 0.7);
  const Snow both{.mode = Snow::Mode::Both, .wind = {-10, 10}, .p = 1};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Plan plan = Recipe{both}.draw(sample, {.index = i});
    ASSERT_EQ(plan.ops.size(), 2U);
    const auto& lies = std::get<op::SnowSettle>(plan.ops[0]);
    const auto& falls = std::get<op::SnowFall>(plan.ops[1]);
    EXPECT_EQ(lies.amount, falls.amount);
    EXPECT_LE(std::abs(falls.wind), 10);
  }
}

}  // namespace
}  // namespace doppel::augment
