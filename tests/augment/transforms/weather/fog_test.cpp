#include "doppel/augment/transforms/weather/fog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

/// The transmission at each pixel: what is left of the difference between a dark and a light image.
cv::Mat fog_transmission(const Fog& fog, std::uint64_t index, int side = 64) {
  const Recipe recipe{fog};
  const cv::Mat dark = recipe.apply(flat_sample(side, side, 0.1, 1), {.index = index}).image,
                light = recipe.apply(flat_sample(side, side, 0.9, 1), {.index = index}).image;
  return (light - dark) / 0.8;
}

TEST(Fog, EvenFogIsKoschmiedersLawThickestAtTheHorizon) {
  const Fog even{.density = {0.5, 0.5}, .patchiness = {0, 0}, .p = 1};
  for (std::uint64_t i = 0; i < 10; ++i) {
    const cv::Mat t = fog_transmission(even, i);
    // An optical depth of 1.5 above the horizon, which is at .25 or below; 0.15 of that at the bottom edge.
    EXPECT_NEAR(t.at<float>(0, 0), std::exp(-1.5), 1e-4);
    EXPECT_NEAR(t.at<float>(15, 63), std::exp(-1.5), 1e-4);
    EXPECT_NEAR(t.at<float>(63, 30), std::exp(-1.5 * 0.15), 5e-3);
    for (int y = 1; y < 64; ++y) {
      EXPECT_GE(t.at<float>(y, 5) + 1e-6F, t.at<float>(y - 1, 5));
      EXPECT_NEAR(t.at<float>(y, 5), t.at<float>(y, 60), 1e-6);
    }
  }
}

TEST(Fog, PatchesVaryTheDepthByTheirShare) {
  const Fog patchy{.density = {0.5, 0.5}, .patchiness = {0.6, 0.6}, .p = 1};
  double low = 1, high = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    double least = 0, most = 0;
    cv::minMaxLoc(fog_transmission(patchy, i).rowRange(0, 16), &least, &most);
    low = std::min(low, least);
    high = std::max(high, most);
  }
  EXPECT_GE(low, std::exp(-1.5 * 1.6) - 1e-4);
  EXPECT_LE(high, std::exp(-1.5 * 0.4) + 1e-4);
  EXPECT_LT(low, std::exp(-1.5 * 1.3));
  EXPECT_GT(high, std::exp(-1.5 * 0.7));
}

TEST(Fog, TheAirlightIsAPaleGrey) {
  const Fog thick{.density = {1, 1}, .patchiness = {0, 0}, .p = 1};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const cv::Vec3f out = Recipe{thick}.apply(flat_sample(8, 8, 0), {.index = i}).image.at<cv::Vec3f>(0, 0);
    for (int c = 0; c < 3; ++c) {
      const double air = out[c] / (1 - std::exp(-3));
      EXPECT_TRUE(air > 0.72 && air < 0.98) << air;
      EXPECT_NEAR(out[c], out[0], 0.041);
    }
  }
}

}  // namespace
}  // namespace doppel::augment
