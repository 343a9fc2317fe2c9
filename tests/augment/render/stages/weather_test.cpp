// Stages of weather.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(WeatherStages, FogIsKoschmiedersLaw) {
  const cv::Mat image = flat_image(200, 30, cv::Scalar(0.1, 0.2, 0.6));
  const op::Fog fog{.density = 0.8, .horizon = 0.25, .airlight = {0.9, 0.8, 0.7}};
  const auto check = [&](const op::Fog& o, int y, double depth) {
    const double t = std::exp(-0.8 * depth);
    const cv::Vec3f p = through(o, image).at<cv::Vec3f>(y, 7);
    EXPECT_NEAR(p[0], 0.1 * t + 0.9 * (1 - t), 1e-4) << y;
    EXPECT_NEAR(p[2], 0.6 * t + 0.7 * (1 - t), 1e-4) << y;
  };
  for (const int y : {0, 49}) check(fog, y, 1);  // down to the horizon
  check(fog, 199, 0.15);
  op::Fog haze = fog;
  haze.horizon = -1;
  for (const int y : {0, 100, 199}) check(haze, y, 1);
  // Patches thin and thicken it, about the same mean.
  op::Fog patchy = haze;
  patchy.patchiness = 0.9;
  const cv::Mat out = through(patchy, flat_image(200, 200, cv::Scalar::all(0)));
  EXPECT_NEAR(cv::mean(out)[0], 0.9 * (1 - std::exp(-0.8)), 0.12);
  EXPECT_GT(cv::norm(out.row(0), out.row(120), cv::NORM_INF), 0.05);
}

TEST(WeatherStages, RainDimsAndFlattensTheRest) {
  // Where no streak is: 0.85 · (0.75 x + 0.25 luma) at full strength.
  cv::Mat image = flat_image(100, 100, cv::Scalar(0.2), 1);
  image.colRange(50, 100).setTo(0.5);
  const cv::Mat out = through(op::Rain{.amount = 1, .seed = 3}, image);
  double low = 0;
  cv::minMaxLoc(out.colRange(0, 50), &low);
  EXPECT_NEAR(low, 0.85 * (0.75 * 0.2 + 0.25 * 0.35), 1e-4);
  const cv::Mat streaks = through(op::Rain{.amount = 1, .dim = 0, .seed = 3}, image);
  EXPECT_TRUE(cv::checkRange(cv::Mat(streaks - image), true, nullptr, -1e-5, 1));  // they are light
  EXPECT_GT(cv::norm(streaks, image, cv::NORM_INF), 0.05);
}

TEST(WeatherStages, SnowAndSpecksHaveTheirColours) {
  const cv::Mat image = flat_image(120, 120, cv::Scalar::all(0.4));
  const cv::Mat snow = through(op::SnowFall{.amount = 0.5, .seed = 1}, image);
  EXPECT_TRUE(cv::checkRange(snow.reshape(1), true, nullptr, 0.4 - 1e-6, 1));
  EXPECT_GT(cv::mean(snow)[0], 0.41);
  const op::Specks specks{.count = 30, .least = 0.05, .most = 0.05, .opacity = 1, .color = {0.9, 0.1, 0.4}};
  const cv::Mat dust = through(specks, image);
  double high = 0, low = 0;
  cv::Mat planes[3];
  cv::split(dust, planes);
  cv::minMaxLoc(planes[0], nullptr, &high);
  cv::minMaxLoc(planes[1], &low);
  EXPECT_NEAR(high, 0.9, 1e-4);
  EXPECT_NEAR(low, 0.1, 1e-4);
  EXPECT_LT(cv::norm(planes[2], cv::Mat(planes[2].size(), CV_32F, cv::Scalar(0.4)), cv::NORM_INF), 1e-5);
}

TEST(WeatherStages, SpatterCoversItsShare) {
  const cv::Mat image = flat_image(256, 256, cv::Scalar::all(0.5));
  for (const double amount : {0.1, 0.3, 0.6}) {
    double share = 0;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const cv::Mat out = through(op::Spatter{op::Spatter::Mode::Mud, amount, 0.03, 1, seed}, image);
      cv::Mat blue;
      cv::extractChannel(out, blue, 2);
      share += cv::countNonZero(blue < 0.4999) / 65536.0 / 6;
    }
    EXPECT_NEAR(share, amount, 0.06);
  }
  const cv::Vec3f mud =
      through(op::Spatter{op::Spatter::Mode::Mud, 1, 0.02, 1}, image).at<cv::Vec3f>(128, 128);
  EXPECT_GT(mud[0], mud[2]);  // brown
  for (const auto mode : {op::Spatter::Mode::Mud, op::Spatter::Mode::Rain})
    EXPECT_EQ(cv::norm(through(op::Spatter{mode, 0}, image), image, cv::NORM_INF), 0);
}

TEST(WeatherStages, FrostGrowsFromTheEdges) {
  const cv::Mat image = flat_image(100, 140, cv::Scalar::all(0));
  double edge = 0, middle = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const cv::Mat out = through(op::Frost{0.8, 0.7, seed}, image);
    edge += cv::mean(out.rowRange(0, 10))[1];
    middle += cv::mean(out(cv::Rect(55, 35, 30, 30)))[1];
    EXPECT_LE(cv::norm(out, cv::NORM_INF), 0.7 + 1e-5);
  }
  EXPECT_GT(edge, 2 * middle);
}

TEST(WeatherStages, GravelLiesInItsPatches) {
  const cv::Mat image = wavy(200, 260, 3);
  const cv::Mat out = through(op::Gravel{{80, 60, 30, 200, 150, 20}, 7}, image);
  int inside = 0;
  for (int y = 0; y < 200; ++y)
    for (int x = 0; x < 260; ++x) {
      if (out.at<cv::Vec3b>(y, x) == image.at<cv::Vec3b>(y, x)) continue;
      // A stone's centre lies in the disc; it is at most 0.015 of the short side wide.
      const bool near =
          std::hypot(x + 0.5 - 80, y + 0.5 - 60) < 34.5 || std::hypot(x + 0.5 - 200, y + 0.5 - 150) < 24.5;
      ASSERT_TRUE(near) << x << " " << y;
      ++inside;
    }
  EXPECT_GT(inside, 500);
}

TEST(WeatherStages, PlasmaFogIsImageNetCs) {
  // (x + strength · plasma) · max / (max + strength), so that the lightest may stay the lightest.
  cv::Mat image = flat_image(64, 64, cv::Scalar(0.2), 1);
  image.at<float>(5, 5) = 0.8F;
  const cv::Mat out = through(op::PlasmaFog{1.5, 2, 9}, image);
  EXPECT_TRUE(cv::checkRange(out, true, nullptr, 0.2 * 0.8 / 2.3 - 1e-3, 0.8 + 1e-3));
  double low = 0, high = 0;
  cv::minMaxLoc(out, &low, &high);
  EXPECT_NEAR(high, 1.7 * 0.8 / 2.3, 0.06);  // plasma goes up to 1
  EXPECT_NEAR(low, 0.2 * 0.8 / 2.3, 0.06);
}

}  // namespace
}  // namespace doppel::augment
