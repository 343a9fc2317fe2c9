#include "doppel/augment/transforms/noise/shot_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(ShotNoise, HasThePoissonVariance) {
  for (const double photons : {8, 40, 300, 3000})
    for (const double level : {0.1, 0.5}) {
      const LevelMoments m = level_moments(on_level(ShotNoise{{photons, photons}, 1}, level));
      EXPECT_NEAR(m.mean, level, 0.01 * level) << photons;
      // Variance of photons = mean of photons; the image is photons / full.
      const double wanted = std::sqrt(level / photons);
      if (level + 4 * wanted < 1) { EXPECT_NEAR(m.deviation, wanted, 0.02 * wanted) << photons; }
    }
}

TEST(ShotNoise, CountsWholePhotons) {
  for (const double photons : {2.0, 20.0, 200.0}) {
    const cv::Mat counts = on_level(ShotNoise{{photons, photons}, 1}, 0.4, 64) * photons;
    for (int i = 0; i < 64 * 3; ++i) {
      const double count = counts.ptr<float>(20)[i];
      EXPECT_NEAR(count, std::round(count), 1e-4) << photons;
    }
  }
  EXPECT_EQ(level_moments(on_level(ShotNoise{{2, 2}, 1}, 0)).mean, 0);
}

TEST(ShotNoise, PhotonsAreAsLikelyToHalveAsToDouble) {
  int few = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = Recipe{ShotNoise{{10, 1000}, 1}}.draw(flat_sample(2, 2, 0.5), {.seed = seed});
    const double photons = std::get<op::Shot>(plan.ops.at(0)).photons;
    EXPECT_GE(photons, 10 - 1e-9);
    EXPECT_LE(photons, 1000 + 1e-9);
    few += photons < 100;
  }
  EXPECT_NEAR(few, 100, 30);
}

}  // namespace
}  // namespace doppel::augment
