#include "doppel/augment/transforms/noise/low_light.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(LowLight, TakesAShareOfTheLightAndGainsItBack) {
  for (const double exposure : {0.25, 0.5})
    for (const double gain : {1.0, 1.5}) {
      const LowLight dark{{exposure, exposure}, {100, 100}, {gain, gain}, 1};
      const cv::Mat out = on_level(dark, 0.7, 256, 1);
      // Light is the square of a level.
      EXPECT_NEAR(level_moments(out.mul(out)).mean, 0.49 * exposure * gain, 0.003) << exposure << " " << gain;
    }
}

TEST(LowLight, TheDarkerTheNoisierWhenBrightenedAgain) {
  double before = 0;
  for (const double exposure : {1.0, 0.5, 0.25, 0.125}) {
    const LowLight dark{{exposure, exposure}, {400, 400}, {1 / exposure, 1 / exposure}, 1};
    const LevelMoments m = level_moments(on_level(dark, 0.6));
    EXPECT_NEAR(m.mean, 0.6, 0.03);
    EXPECT_GT(m.deviation, 1.5 * before) << exposure;
    before = m.deviation;
  }
}

}  // namespace
}  // namespace doppel::augment
