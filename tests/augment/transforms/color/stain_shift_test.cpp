#include "doppel/augment/transforms/color/stain_shift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(StainShift, EachStainIsVariedByItself) {
  const StainShift stain{{0.7, 1.3}, {-0.2, 0.2}, 1};
  const auto drawn = [&](std::uint64_t seed) { return drawn_op<op::Stain>(stain, seed); };
  expect_fills(0.7, 1.3, [&](std::uint64_t seed) { return drawn(seed).gain_h; });
  expect_fills(0.7, 1.3, [&](std::uint64_t seed) { return drawn(seed).gain_e; });
  expect_fills(-0.2, 0.2, [&](std::uint64_t seed) { return drawn(seed).shift_h; });
  expect_fills(-0.2, 0.2, [&](std::uint64_t seed) { return drawn(seed).shift_e; });
  int gains = 0, shifts = 0;  // both stains on the same side: half of the draws
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    gains += (drawn(seed).gain_h > 1) == (drawn(seed).gain_e > 1);
    shifts += (drawn(seed).shift_h > 0) == (drawn(seed).shift_e > 0);
  }
  EXPECT_NEAR(gains, 200, 45);
  EXPECT_NEAR(shifts, 200, 45);
}

TEST(StainShift, GainsMultiplyOpticalDensityAndLeaveGlassWhite) {
  // With one gain for both, a colour that the two stains mix has each channel raised to that power.
  const cv::Vec3d density = 0.8 * cv::Vec3d(0.65, 0.70, 0.29) + 0.4 * cv::Vec3d(0.07, 0.99, 0.11);
  const cv::Vec3d color(std::exp(-density[0]), std::exp(-density[1]), std::exp(-density[2]));
  for (const double gain : {0.5, 1.0, 1.6}) {
    const cv::Vec3d out = on_color(StainShift{{gain, gain}, {0, 0}, 1}, color);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(out[c], std::pow(color[c], gain), 1e-3) << gain;
    EXPECT_LT(cv::norm(on_color(StainShift{{gain, gain}, {0, 0}, 1}, {1, 1, 1}) - cv::Vec3d(1, 1, 1)), 1e-4);
  }
}

}  // namespace
}  // namespace doppel::augment
