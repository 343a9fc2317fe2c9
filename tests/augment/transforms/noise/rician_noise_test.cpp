#include "doppel/augment/transforms/noise/rician_noise.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(RicianNoise, AddsTwiceItsVarianceToThePower) {
  for (const double level : {0.0, 0.1, 0.5}) {
    const cv::Mat out = on_level(RicianNoise{{0.05, 0.05}, 1}, level);
    EXPECT_NEAR(level_moments(out.mul(out)).mean, level * level + 2 * 0.05 * 0.05, 5e-4) << level;
  }
  // Where it is light it is normal.
  const LevelMoments light = level_moments(on_level(RicianNoise{{0.05, 0.05}, 1}, 0.5));
  EXPECT_NEAR(light.deviation, 0.05, 0.001);
  EXPECT_NEAR(light.kurtosis, 3, 0.06);
}

}  // namespace
}  // namespace doppel::augment
