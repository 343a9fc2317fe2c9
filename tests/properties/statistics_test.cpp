// What blur, weather and geometry must keep whatever they draw: constants, centroids, energy per area.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

TEST(Statistics, BlursKeepCentroidsAndConstants) {
  for (const char* name : {"MotionBlur: {length: [3, 15], p: 1}", "GaussianBlur: {p: 1}",
                           "DefocusBlur: {p: 1}", "BoxBlur: {p: 1}", "AnisotropicBlur: {p: 1}",
                           "Sharpen: {p: 1}", "UnsharpMask: {p: 1}", "ZoomBlur: {p: 1}"})
    for (std::uint64_t i = 0; i < 20; ++i) {
      Sample s;
      s.image = cv::Mat(64, 64, CV_8UC3, cv::Scalar(90, 140, 33));
      const Recipe recipe = Recipe::from_yaml(std::string("- ") + name);
      EXPECT_LE(largest_difference(recipe.apply(s, {.index = i}).image, s.image), 1) << name;
      if (std::string(name).starts_with("ZoomBlur")) continue;  // away from the centre it moves things
      s.image = cv::Mat(95, 95, CV_32FC1, cv::Scalar(0));
      cv::circle(s.image, {47, 47}, 5, 0.9, cv::FILLED);
      const cv::Moments m = cv::moments(recipe.apply(s, {.index = i}).image);
      EXPECT_NEAR(m.m10 / m.m00, 47, 0.1) << name;
      EXPECT_NEAR(m.m01 / m.m00, 47, 0.1) << name;
    }
}

/// Mean absolute change per number that a transform makes to a grey image.
double energy(const Recipe& recipe, int side, double level) {
  double sum = 0;
  constexpr int kDraws = 8;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Sample s;
    s.image = cv::Mat(side, side, CV_32FC3, cv::Scalar::all(level));
    sum += cv::norm(recipe.apply(s, {.index = i}).image, s.image, cv::NORM_L1) / double(side) / side / 3;
  }
  return sum / kDraws;
}

TEST(Statistics, WeatherLooksAlikeFrom32To1024) {
  for (const char* text :
       {"Rain: {amount: 0.6, dim: 0, p: 1}", "Snow: {amount: 0.6, p: 1}",
        "Snow: {amount: 0.6, mode: settle, p: 1}", "Fog: {density: 0.6, p: 1}", "Haze: {density: 0.6, p: 1}",
        "Dust: {amount: 0.6, p: 1}", "Frost: {amount: 0.6, p: 1}", "Clouds: {amount: 0.5, p: 1}",
        "FilmGrain: {std: 0.08, p: 1}", "Illumination: {p: 1}", "PlasmaBrightness: {p: 1}", "Shadow: {p: 1}",
        "SunFlare: {p: 1}", "PatternNoise: {amplitude: 0.05, p: 1}"}) {
    const Recipe recipe = Recipe::from_yaml(std::string("- ") + text);
    // Settled snow lies where it is light.
    const double level = std::string(text).find("settle") == std::string::npos ? 0.35 : 0.7;
    const double large = energy(recipe, 1024, level);
    EXPECT_GT(large, 1e-4) << text;
    for (const int side : {32, 64, 256})
      EXPECT_NEAR(energy(recipe, side, level) / large, 1, 0.25) << side << " " << text;
  }
}

TEST(Statistics, AZonePlateShowsNoMoreThanAreaReductionDoes) {
  // cos(r² · k): frequency grows to one half at the edge. Reduced, all that's beyond the new limit must be
  // grey; whatever isn't is aliasing.
  constexpr int kSide = 512;
  cv::Mat plate(kSide, kSide, CV_8UC1);
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      const double r2 = std::pow(x - kSide / 2.0, 2) + std::pow(y - kSide / 2.0, 2);
      plate.at<unsigned char>(y, x) =
          cv::saturate_cast<unsigned char>(127.5 + 127.5 * std::cos(3.14159265358979 * r2 / kSide));
    }
  for (const int side : {224, 150, 100, 64, 37}) {
    const cv::Mat ours = render({{kSide, kSide}, {op::Resize{{side, side}}}}, plate);
    cv::Mat area;
    cv::resize(plate, area, {side, side}, 0, 0, cv::INTER_AREA);
    // Beyond the radius where the plate passes the small image's limit by a fifth.
    cv::Mat beyond(side, side, CV_8U, cv::Scalar(255));
    cv::circle(beyond, {side / 2, side / 2}, static_cast<int>(1.2 * side * side / kSide / 2.0), 0,
               cv::FILLED);
    cv::Scalar mean, deviation, area_deviation;
    cv::meanStdDev(ours, mean, deviation, beyond);
    cv::meanStdDev(area, mean, area_deviation, beyond);
    EXPECT_LE(deviation[0], 1.05 * area_deviation[0] + 1) << side;
  }
}

}  // namespace
}  // namespace doppel::augment
