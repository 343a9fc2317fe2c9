#include "doppel/augment/transforms/weather/sun_flare.h"

#include <gtest/gtest.h>

#include <vector>

#include <algorithm>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(SunFlare, IsBrightestAtTheLightAndFallsOff) {
  const SunFlare sun{
      .x = {0.25, 0.25}, .y = {0.4, 0.4}, .strength = {0.8, 0.8}, .rays = {0, 0}, .ghosts = {0, 0}, .p = 1};
  const Sample sample = flat_sample(80, 120, 0.2, 1);
  const cv::Mat out = Recipe{sun}.apply(sample, {.seed = 1}).image;
  double low = 0, high = 0;
  cv::Point at;
  cv::minMaxLoc(out, &low, &high, nullptr, &at);
  EXPECT_GE(low, 0.2);  // light takes nothing away
  EXPECT_NEAR(at.x, 30, 1);
  EXPECT_NEAR(at.y, 32, 1);
  // Screen: what is missing to white is multiplied.
  EXPECT_NEAR(high, 1 - 0.8 * (1 - 0.8), 0.02);
  for (int x = 31; x < 119; ++x) EXPECT_GE(out.at<float>(32, x), out.at<float>(32, x + 1));
}

TEST(SunFlare, GhostsLieOnTheLineThroughTheCentre) {
  const Sample sample = flat_sample(80, 120, 0.2, 1);
  for (std::uint64_t i = 0; i < 10; ++i) {
    const auto shown = [&](int ghosts) {
      const SunFlare sun{.x = {0.1, 0.1}, .y = {0.2, 0.2}, .ghosts = {ghosts, ghosts}, .p = 1};
      return Recipe{sun}.apply(sample, {.index = i}).image;
    };
    const cv::Mat ghosts = shown(8) - shown(0);
    // From (12, 16) through (60, 40): direction (2, 1).
    int lit = 0;
    for (int y = 0; y < 80; ++y)
      for (int x = 0; x < 120; ++x) {
        if (ghosts.at<float>(y, x) == 0) continue;
        ++lit;
        const double across = ((y + 0.5 - 40) * 2 - (x + 0.5 - 60)) / std::sqrt(5.0);
        EXPECT_LE(std::abs(across), 0.12 * 80 + 1);
      }
    EXPECT_GT(lit, 20);
  }
}

TEST(SunFlare, RaysAreAsManyAsTheyShouldBe) {
  const Sample sample = flat_sample(200, 200, 0, 1);
  const auto shown = [&](int rays) {
    const SunFlare sun{.x = {0.5, 0.5}, .y = {0.5, 0.5}, .rays = {rays, rays}, .ghosts = {0, 0}, .p = 1};
    return Recipe{sun}.apply(sample, {.seed = 3}).image;
  };
  for (const int rays : {4, 7}) {
    // Around the light: what rays add rises above half of its most that often.
    const cv::Mat added = shown(rays) - shown(0);
    std::vector<float> around;
    for (int k = 0; k < 720; ++k)
      around.push_back(added.at<float>(static_cast<int>(100 - 70 * std::sin(k * 3.14159265 / 360)),
                                       static_cast<int>(100 + 70 * std::cos(k * 3.14159265 / 360))));
    const float most = *std::ranges::max_element(around);
    EXPECT_GT(most, 0.02F);
    int spikes = 0;
    for (std::size_t k = 0; k < 720; ++k) {
      bool first = around[k] >= most / 2;
      for (std::size_t before = 1; before < 20; ++before)
        first = first && around[(k + 720 - before) % 720] < most / 2;
      spikes += first;
    }
    EXPECT_EQ(spikes, rays);
  }
}

}  // namespace
}  // namespace doppel::augment
