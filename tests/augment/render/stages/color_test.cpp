// Stages of single colours: Gamma, Colorize, Stain, Dither.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/render/through.h"

namespace doppel::augment {
namespace {

TEST(ColorStages, GammaIsAPower) {
  const cv::Mat row = ramp_row(1001);
  for (const double gamma : {0.2, 1.0, 2.4}) {
    const cv::Mat out = through(op::Gamma{gamma}, row);
    for (int x = 0; x <= 1000; ++x)
      ASSERT_NEAR(out.at<float>(0, x), std::pow(x / 1000.0, gamma), 3e-5) << gamma;
  }
}

TEST(ColorStages, ColorizeIsARampOverLuma) {
  const op::Colorize ramp_of{{0.1, 0, 0.3}, {0.5, 0.4, 0}, {1, 0.6, 0.8}, 1};
  const auto at = [](const op::Colorize& o, double r, double g, double b) {
    return through(o, flat_image(1, 1, {r, g, b})).at<cv::Vec3f>(0, 0);
  };
  EXPECT_LT(cv::norm(at(ramp_of, 0, 0, 0) - cv::Vec3f(0.1F, 0, 0.3F)), 1e-6);
  EXPECT_LT(cv::norm(at(ramp_of, 0.5, 0.5, 0.5) - cv::Vec3f(0.5F, 0.4F, 0)), 1e-6);
  EXPECT_LT(cv::norm(at(ramp_of, 1, 1, 1) - cv::Vec3f(1, 0.6F, 0.8F)), 1e-6);
  EXPECT_NEAR(at(ramp_of, 1, 0, 0)[2], 0.3 * (1 - 2 * 0.299), 1e-6);
  op::Colorize half = ramp_of;
  half.share = 0.5;
  EXPECT_NEAR(at(half, 1, 1, 1)[1], 0.8, 1e-6);
}

TEST(ColorStages, StainsAreScaledInOpticalDensity) {
  const cv::Vec3d h{0.65, 0.70, 0.29}, e{0.07, 0.99, 0.11};  // Ruifrok and Johnston's
  const auto color = [&](double of_h, double of_e) {
    const cv::Vec3d d = of_h * h + of_e * e;
    return cv::Scalar(std::exp(-d[0]), std::exp(-d[1]), std::exp(-d[2]));
  };
  const auto check = [&](const op::Stain& o, const cv::Scalar& before, const cv::Scalar& after) {
    const cv::Vec3f found = through(o, flat_image(1, 1, before)).at<cv::Vec3f>(0, 0);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(found[c], after[c], 1e-4);
  };
  check({}, color(0.8, 0.4), color(0.8, 0.4));
  check({.gain_h = 1.5}, color(0.8, 0.4), color(1.2, 0.4));
  check({.gain_e = 0}, color(0.8, 0.4), color(0.8, 0));
  check({.shift_h = 0.2, .shift_e = 0.1}, color(0.8, 0.4), color(1, 0.5));
  check({.gain_h = 3, .gain_e = 3}, cv::Scalar(1, 1, 1), cv::Scalar(1, 1, 1));  // glass has no stain
}

TEST(ColorStages, DitherKeepsMeansInFewLevels) {
  for (const int bits : {1, 2, 4})
    for (const double level : {0.0, 0.1, 0.5, 0.77, 1.0}) {
      const cv::Mat out = through(op::Dither{bits}, flat_image(16, 24, cv::Scalar(level), 1));
      const double steps = (1 << bits) - 1;
      EXPECT_NEAR(cv::mean(out)[0], level, 0.5 / 64 / steps + 1e-5) << bits;
      for (const float v : cv::Mat_<float>(out)) ASSERT_NEAR(v * steps, std::round(v * steps), 1e-5);
    }
  // Bayer's half is a checkerboard.
  const cv::Mat half = through(op::Dither{1}, flat_image(8, 8, cv::Scalar(0.5), 1));
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 7; ++x) EXPECT_NE(half.at<float>(y, x), half.at<float>(y, x + 1));
}

}  // namespace
}  // namespace doppel::augment
