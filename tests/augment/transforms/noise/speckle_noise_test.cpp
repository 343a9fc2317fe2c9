#include "doppel/augment/transforms/noise/speckle_noise.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(SpeckleNoise, GrowsWithTheLevel) {
  for (const double level : {0.1, 0.5}) {
    const LevelMoments m = level_moments(on_level(SpeckleNoise{{0.2, 0.2}, true, 1}, level));
    EXPECT_NEAR(m.mean, level, 0.005 * level);
    EXPECT_NEAR(m.deviation, 0.2 * level, 0.004 * level);
    EXPECT_NEAR(m.kurtosis, 3, 0.06);
  }
  EXPECT_EQ(level_moments(on_level(SpeckleNoise{{1, 1}, true, 1}, 0)).deviation, 0);
}

TEST(SpeckleNoise, SharedItIsOneFactorForAPixel) {
  Sample sample = flat_sample(32, 32, 0);
  sample.image.setTo(cv::Scalar(0.2, 0.4, 0.1));
  const cv::Mat out = Recipe{SpeckleNoise{{0.2, 0.2}, false, 1}}.apply(sample, {}).image;
  EXPECT_GT(level_moments(out).deviation, 0);
  for (const auto& pixel : cv::Mat_<cv::Vec3f>(out)) {
    EXPECT_NEAR(pixel[0], 2 * pixel[2], 1e-6);
    EXPECT_NEAR(pixel[1], 4 * pixel[2], 1e-6);
  }
}

}  // namespace
}  // namespace doppel::augment
