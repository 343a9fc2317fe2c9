#include "doppel/augment/transforms/noise/pink_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(PinkNoise, HasItsDeviationOverManyImages) {
  // Slow waves move one image's mean; over many it is 0.
  double sum = 0, square = 0;
  constexpr int kImages = 60;
  for (std::uint64_t seed = 0; seed < kImages; ++seed) {
    const cv::Mat noise = on_level(PinkNoise{{0.05, 0.05}, 1, 1}, 0.5, 64, 1, seed) - 0.5;
    sum += cv::mean(noise)[0];
    square += cv::norm(noise, cv::NORM_L2SQR) / double(noise.total());
  }
  EXPECT_NEAR(sum / kImages, 0, 0.02);
  EXPECT_NEAR(std::sqrt(square / kImages), 0.05, 0.015);
}

}  // namespace
}  // namespace doppel::augment
