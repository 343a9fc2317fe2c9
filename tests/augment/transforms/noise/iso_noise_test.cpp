#include "doppel/augment/transforms/noise/iso_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <tuple>
#include <utility>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(IsoNoise, IsReadAndShotNoiseInLinearLight) {
  // Read noise and shot noise of the slowest and the fastest camera, and of one half-way.
  for (const auto& [iso, read, shot] :
       {std::tuple{100.0, 0.002, 0.0005}, {12800.0, 0.03, 0.01}, {1131.37, 0.007746, 0.002236}})
    for (const double level : {0.4, 0.7}) {
      const cv::Mat out = on_level(IsoNoise{{iso, iso}, 1, 1}, level, 256, 1);
      const LevelMoments light = level_moments(out.mul(out));
      const double y = level * level, wanted = std::sqrt(read * read + shot * y);
      EXPECT_NEAR(light.mean, y, 0.01 * y) << iso;
      EXPECT_NEAR(light.deviation, wanted, 0.02 * wanted) << iso << " " << level;
    }
}

TEST(IsoNoise, ColorScalesTheNoiseOfColoursAlone) {
  // Deviations of luma and of blue less luma, in linear light.
  const auto noises = [](double color) {
    const cv::Mat out = on_level(IsoNoise{{400, 400}, color, 1}, 0.6);
    cv::Mat light[3];
    cv::split(out.mul(out), light);
    const cv::Mat luma = 0.299 * light[0] + 0.587 * light[1] + 0.114 * light[2];
    return std::pair{level_moments(luma).deviation, level_moments(light[2] - luma).deviation};
  };
  const auto [luma, blue] = noises(1);
  EXPECT_NEAR(noises(0).first, luma, 0.02 * luma);
  EXPECT_NEAR(noises(0).second, 0, 1e-6);
  EXPECT_NEAR(noises(2).second, 2 * blue, 0.02 * blue);
  EXPECT_NEAR(blue, 1.5 * 1.772 * luma, 0.05 * blue);  // half as strong again as luma's, by Rec. 601
}

TEST(IsoNoise, SpeedsAreAsLikelyToHalveAsToDouble) {
  int slow = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = Recipe{IsoNoise{{200, 3200}, 1, 1}}.draw(flat_sample(2, 2, 0.5), {.seed = seed});
    // Below ISO 800, the middle in stops: log-linear, its read noise lies in the middle, too.
    const double middle = 0.002 * std::pow(15, std::log(8) / std::log(128));
    slow += std::get<op::Sensor>(plan.ops.at(0)).read < middle;
  }
  EXPECT_NEAR(slow, 100, 30);
}

}  // namespace
}  // namespace doppel::augment
