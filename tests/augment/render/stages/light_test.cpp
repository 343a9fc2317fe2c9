// Stages of light and shade.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/render/through.h"

namespace doppel::augment {
namespace {

TEST(LightStages, LightHasItsShapes) {
  using Mode = op::Light::Mode;
  const cv::Mat image = flat_image(101, 201, cv::Scalar(0.4), 1);
  const double half = std::hypot(101, 201) / 2;
  const auto gain = [&](const op::Light& o, int x, int y) {
    return static_cast<double>(through(o, image).at<float>(y, x)) / 0.4;
  };
  // Linear: 1 + amount at one end, 1 - amount at the other, nothing in the middle.
  const op::Light linear{.mode = Mode::Linear, .amount = 0.3};
  EXPECT_NEAR(gain(linear, 100, 7), 1, 1e-5);
  EXPECT_NEAR(std::abs(gain(linear, 0, 7) - 1), 0.3 * 100 / 100.5, 1e-5);
  EXPECT_NEAR(gain(linear, 0, 7) + gain(linear, 200, 93), 2, 1e-5);
  // Corner: from the one that the angle points to (counter-clockwise: up), none at the other.
  const op::Light corner{.mode = Mode::Corner, .amount = 0.5, .angle = 45};
  EXPECT_NEAR(gain(corner, 200, 0), 1.5, 0.01);
  EXPECT_NEAR(gain(corner, 0, 100), 1, 1e-3);
  const op::Light spot{
      .mode = Mode::Gaussian, .amount = 1, .x = 100.5 / 201, .y = 50.5 / 101, .radius = 50 / half};
  EXPECT_NEAR(gain(spot, 100, 50), 2, 1e-5);
  EXPECT_NEAR(gain(spot, 150, 50), 1 + std::exp(-0.5), 1e-4);
  op::Light dark = spot;
  dark.mode = Mode::Vignette;
  EXPECT_NEAR(gain(dark, 100, 50), 1, 1e-5);
  EXPECT_LT(gain(dark, 150, 50), 0.8);
  EXPECT_LT(gain(dark, 200, 50), gain(dark, 150, 50));
}

TEST(LightStages, PlasmaAddsAndMultipliesOneNoise) {
  const cv::Mat grey = flat_image(90, 120, cv::Scalar(0.5), 1);
  const cv::Mat n = (through(op::Plasma{.brightness = 0.2, .seed = 4}, grey) - 0.5) / 0.2;
  double low = 0, high = 0;
  cv::minMaxLoc(n, &low, &high);
  EXPECT_GE(low, -1 - 1e-5);
  EXPECT_LE(high, 1 + 1e-5);
  EXPECT_GT(high - low, 1);
  const cv::Mat product = through(op::Plasma{.contrast = 0.4, .seed = 4}, grey);
  EXPECT_LT(cv::norm(product, 0.5 * (1 + 0.4 * n), cv::NORM_INF), 1e-5);
}

TEST(LightStages, ShadowsDarkenAPolygonALittleLessInBlue) {
  const cv::Mat image = flat_image(100, 100, cv::Scalar::all(0.8));
  for (const bool clockwise : {false, true}) {
    std::vector<double> points{0.2, 0.2, 0.7, 0.2, 0.7, 0.6, 0.2, 0.6};
    if (clockwise) points = {0.2, 0.6, 0.7, 0.6, 0.7, 0.2, 0.2, 0.2};
    const cv::Mat out = through(op::Shadow{points, 0.5, 0.02}, image);
    const cv::Vec3f inside = out.at<cv::Vec3f>(40, 45);
    EXPECT_NEAR(inside[2], 0.4, 1e-5);
    EXPECT_GT(inside[2], inside[1]);
    EXPECT_GT(inside[1], inside[0]);
    EXPECT_NEAR(inside[0], 0.4, 0.02);
    EXPECT_EQ(out.at<cv::Vec3f>(40, 75), cv::Vec3f::all(0.8F));
    // Half as dark on the edge.
    EXPECT_NEAR((out.at<cv::Vec3f>(40, 69)[2] + out.at<cv::Vec3f>(40, 70)[2]) / 2, 0.6, 0.01);
  }
  EXPECT_EQ(cv::norm(through(op::Shadow{{}, 0.5}, image), image, cv::NORM_INF), 0);
}

TEST(LightStages, FlaresOnlyLightenMostAtTheLight) {
  const cv::Mat image = flat_image(100, 150, cv::Scalar(0.3, 0.5, 0.2));
  const op::Flare flare{.x = 75.5 / 150, .y = 0.505, .radius = 0.1, .color = {1, 1, 0.5}};
  const cv::Mat out = through(flare, image);
  EXPECT_NEAR(out.at<cv::Vec3f>(50, 75)[0], 1, 1e-5);
  EXPECT_NEAR(out.at<cv::Vec3f>(50, 75)[2], 1 - 0.8 * 0.5, 1e-5);  // screen
  for (int x = 76; x < 150; ++x) EXPECT_LT(out.at<cv::Vec3f>(50, x)[0], out.at<cv::Vec3f>(50, x - 1)[0]);
  for (const auto& [rays, ghosts] : {std::pair{0, 0}, {7, 0}, {0, 9}}) {
    op::Flare more = flare;
    more.rays = rays;
    more.ghosts = ghosts;
    const cv::Mat light = through(more, image);
    EXPECT_GE(cv::norm(light, cv::NORM_L1), cv::norm(out, cv::NORM_L1));
    EXPECT_TRUE(cv::checkRange((light - out).operator cv::Mat().reshape(1), true, nullptr, -1e-5, 1));
  }
  EXPECT_LT(cv::norm(through(op::Flare{.strength = 0, .rays = 4, .ghosts = 4}, image), image, cv::NORM_INF),
            1e-6);
}

TEST(LightStages, CloudsWhitenMoreWithTheirAmount) {
  const cv::Mat image = flat_image(128, 128, cv::Scalar::all(0.2));
  EXPECT_EQ(cv::norm(through(op::Clouds{.amount = 0}, image), image, cv::NORM_INF), 0);
  double before = 0.2;
  for (const double amount : {0.1, 0.4, 0.8, 1.0}) {
    const cv::Mat out = through(op::Clouds{.amount = amount, .seed = 2}, image);
    EXPECT_TRUE(cv::checkRange(out.reshape(1), true, nullptr, 0.2 - 1e-6, 1));
    EXPECT_GT(cv::mean(out)[0], before);
    before = cv::mean(out)[0];
  }
  EXPECT_GT(before, 0.8);
}

}  // namespace
}  // namespace doppel::augment
