#include "doppel/augment/transforms/noise/uniform_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(UniformNoise, IsEvenOverSqrt12Deviations) {
  for (const double std : {0.02, 0.1}) {
    const cv::Mat out = on_level(UniformNoise{{std, std}, true, 1}, 0.5);
    const LevelMoments m = level_moments(out);
    EXPECT_NEAR(m.mean, 0.5, std / 50);
    EXPECT_NEAR(m.deviation, std, std / 50);
    EXPECT_NEAR(m.kurtosis, 1.8, 0.02);
    double low = 0, high = 0;
    cv::minMaxLoc(out.reshape(1), &low, &high);
    EXPECT_NEAR(low, 0.5 - std::sqrt(3) * std, 0.001 * std);
    EXPECT_NEAR(high, 0.5 + std::sqrt(3) * std, 0.001 * std);
  }
}

TEST(UniformNoise, MayBeSharedByThePixelsChannels) {
  const cv::Mat out = on_level(UniformNoise{{0.1, 0.1}, false, 1}, 0.5, 64);
  EXPECT_GT(level_moments(out).deviation, 0.09);
  for (const auto& pixel : cv::Mat_<cv::Vec3f>(out)) {
    EXPECT_EQ(pixel[0], pixel[1]);
    EXPECT_EQ(pixel[0], pixel[2]);
  }
}

}  // namespace
}  // namespace doppel::augment
