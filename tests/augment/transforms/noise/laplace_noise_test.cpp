#include "doppel/augment/transforms/noise/laplace_noise.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(LaplaceNoise, HasTheDeviationAskedAndLaplacesTails) {
  for (const double std : {0.02, 0.05}) {
    const cv::Mat out = on_level(LaplaceNoise{{std, std}, true, 1}, 0.5);
    const LevelMoments m = level_moments(out);
    EXPECT_NEAR(m.mean, 0.5, std / 50);
    EXPECT_NEAR(m.deviation, std, std / 50);
    EXPECT_NEAR(m.kurtosis, 6, 0.4);
    // Within half a deviation: 1 - exp(-1/√2), where a normal has 0.383.
    const cv::Mat away = cv::abs(out.reshape(1) - 0.5);
    EXPECT_NEAR(cv::countNonZero(away < std / 2) / double(away.total()), 0.507, 0.005);
  }
}

TEST(LaplaceNoise, MayBeSharedByThePixelsChannels) {
  const cv::Mat out = on_level(LaplaceNoise{{0.05, 0.05}, false, 1}, 0.5, 64);
  EXPECT_GT(level_moments(out).deviation, 0.04);
  for (const auto& pixel : cv::Mat_<cv::Vec3f>(out)) {
    EXPECT_EQ(pixel[0], pixel[1]);
    EXPECT_EQ(pixel[0], pixel[2]);
  }
}

}  // namespace
}  // namespace doppel::augment
