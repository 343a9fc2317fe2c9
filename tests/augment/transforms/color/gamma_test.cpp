#include "doppel/augment/transforms/color/gamma.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Gamma, IsAPowerOfEachLevel) {
  for (const double gamma : {0.5, 0.8, 1.25, 2.0, 3.0}) {
    const auto levels = on_each_level(Gamma{{gamma, gamma}, 1});
    for (int v = 0; v < 256; ++v) EXPECT_NEAR(levels(0, v), 255 * std::pow(v / 255.0, gamma), 0.51) << gamma;
  }
  const cv::Vec3d out = on_color(Gamma{{2, 2}, 1}, {0.2, 0.5, 1});
  EXPECT_LT(cv::norm(out - cv::Vec3d(0.04, 0.25, 1)), 1e-5);
}

TEST(Gamma, IsAsLikelyToBrightenAsToDarken) {
  const Gamma change{{0.25, 4}, 1};
  const auto octaves = [&](std::uint64_t seed) { return std::log2(drawn_op<op::Gamma>(change, seed).gamma); };
  expect_fills(-2, 2, octaves);
  int brighter = 0, slightly = 0;
  for (std::uint64_t seed = 0; seed < 800; ++seed) {
    brighter += octaves(seed) < 0;
    slightly += std::abs(octaves(seed)) < 1;
  }
  EXPECT_NEAR(brighter, 400, 60);
  EXPECT_NEAR(slightly, 400, 60);
}

}  // namespace
}  // namespace doppel::augment
