#include "doppel/augment/transforms/noise/gaussian_noise.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(GaussianNoise, IsNormalWithTheDeviationAsked) {
  for (const double std : {0.02, 0.1}) {
    const LevelMoments m = level_moments(on_level(GaussianNoise{{std, std}, true, 1}, 0.5));
    EXPECT_NEAR(m.mean, 0.5, std / 50);
    EXPECT_NEAR(m.deviation, std, std / 50);
    EXPECT_NEAR(m.kurtosis, 3, 0.06);
  }
}

TEST(GaussianNoise, NeitherChannelsNorNeighboursAreAlike) {
  const cv::Mat n = (on_level(GaussianNoise{{0.1, 0.1}, true, 1}, 0.5) - cv::Scalar::all(0.5)) * 10;
  const auto product = [](const cv::Mat& a, const cv::Mat& b) {
    return a.dot(b) / double(a.total() * a.channels());
  };
  cv::Mat planes[3];
  cv::split(n, planes);
  EXPECT_NEAR(product(planes[0], planes[1]), 0, 0.02);
  EXPECT_NEAR(product(planes[1], planes[2]), 0, 0.02);
  EXPECT_NEAR(product(n.colRange(1, 256), n.colRange(0, 255)), 0, 0.02);
  EXPECT_NEAR(product(n.rowRange(1, 256), n.rowRange(0, 255)), 0, 0.02);
}

TEST(GaussianNoise, MayBeSharedByThePixelsChannels) {
  const cv::Mat out = on_level(GaussianNoise{{0.1, 0.1}, false, 1}, 0.5, 64);
  EXPECT_NEAR(level_moments(out).deviation, 0.1, 0.005);
  for (const auto& pixel : cv::Mat_<cv::Vec3f>(out)) {
    EXPECT_EQ(pixel[0], pixel[1]);
    EXPECT_EQ(pixel[0], pixel[2]);
  }
}

}  // namespace
}  // namespace doppel::augment
