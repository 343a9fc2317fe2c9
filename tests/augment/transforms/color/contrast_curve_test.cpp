#include "doppel/augment/transforms/color/contrast_curve.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(ContrastCurve, ASigmoidPassesOneHalfAtItsCutoffAndSteepensWithGain) {
  const auto at = [](double gain, double cutoff, double x) {
    return on_color(ContrastCurve{.gain = {gain, gain}, .cutoff = {cutoff, cutoff}, .p = 1},
                    cv::Vec3d::all(x))[1];
  };
  for (const double gain : {2.0, 5.0, 20.0}) {
    EXPECT_NEAR(at(gain, 0.4, 0.4), 0.5, 1e-3);
    // Its slope there is a quarter of the gain.
    EXPECT_NEAR((at(gain, 0.5, 0.51) - at(gain, 0.5, 0.49)) / 0.02, gain / 4, 0.02 * gain);
    for (const double x : {0.0, 0.1, 0.3}) EXPECT_NEAR(at(gain, 0.5, x) + at(gain, 0.5, 1 - x), 1, 1e-5);
  }
}

TEST(ContrastCurve, ALogarithmOfGainOneKeepsTheEndsAndLightensBetween) {
  const ContrastCurve log{.shape = op::Contour::Shape::Log, .gain = {1, 1}, .p = 1};
  const auto levels = on_each_level(log);
  EXPECT_EQ(levels(0, 0), 0);
  EXPECT_EQ(levels(0, 255), 255);
  for (int v = 1; v < 255; ++v) {
    EXPECT_GE(levels(0, v), v);
    EXPECT_GE(levels(0, v), levels(0, v - 1));
  }
  EXPECT_NEAR(on_color(log, {0.5, 0.5, 0.5})[0], 0.58496, 1e-4);  // log2(1.5)
}

TEST(ContrastCurve, DrawsGainAndCutoff) {
  const ContrastCurve curve{.p = 1};
  expect_fills(5, 8, [&](std::uint64_t seed) { return drawn_op<op::Contour>(curve, seed).gain; });
  expect_fills(0.4, 0.6, [&](std::uint64_t seed) { return drawn_op<op::Contour>(curve, seed).cutoff; });
}

}  // namespace
}  // namespace doppel::augment
