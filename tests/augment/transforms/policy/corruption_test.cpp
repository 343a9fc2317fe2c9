#include "doppel/augment/transforms/policy/corruption.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

using CorruptionKind = Corruption::Kind;

cv::Mat corrupted(const cv::Mat& image, CorruptionKind kind, int severity) {
  Sample sample;
  sample.image = image;
  return Recipe{Corruption{kind, severity}}.apply(sample, {.seed = 6}).image;
}

/// Mean and deviation of clamp(x) where x has probability `p(i)` to be `value(i)`.
template <class P, class V>
std::pair<double, double> moments_of(int count, const P& p, const V& value) {
  double total = 0, mean = 0, square = 0;
  for (int i = 0; i < count; ++i) {
    const double v = std::clamp(value(i), 0.0, 1.0), w = p(i);
    total += w;
    mean += w * v;
    square += w * v * v;
  }
  mean /= total;
  return {mean, std::sqrt(square / total - mean * mean)};
}

TEST(Corruption, NoisesHaveTheirStatistics) {
  const cv::Mat grey(224, 224, CV_32FC3, cv::Scalar::all(0.5));
  const auto expect = [&](CorruptionKind kind, int severity, std::pair<double, double> wanted) {
    cv::Scalar mean, deviation;
    cv::meanStdDev(corrupted(grey, kind, severity).reshape(1), mean, deviation);
    EXPECT_NEAR(mean[0], wanted.first, 0.02 * wanted.first) << static_cast<int>(kind) << " " << severity;
    EXPECT_NEAR(deviation[0], wanted.second, 0.02 * wanted.second)
        << static_cast<int>(kind) << " " << severity;
  };
  const auto normal = [](double std) {
    return moments_of(
        4001, [](int i) { return std::exp(-std::pow((i - 2000) / 400.0, 2) / 2); },
        [=](int i) { return 0.5 + std * (i - 2000) / 400.0; });
  };
  for (std::size_t s = 0; s < 5; ++s) {
    const int severity = static_cast<int>(s) + 1;
    expect(CorruptionKind::GaussianNoise, severity, normal(std::array{.08, .12, .18, .26, .38}[s]));
    expect(CorruptionKind::SpeckleNoise, severity, normal(0.5 * std::array{.15, .2, .35, .45, .6}[s]));
    const double photons = std::array{60, 25, 12, 5, 3}[s], lambda = photons / 2;
    expect(CorruptionKind::ShotNoise, severity,
           moments_of(
               200, [=](int i) { return std::exp(i * std::log(lambda) - lambda - std::lgamma(i + 1.0)); },
               [=](int i) { return i / photons; }));
    const double amount = (std::array{.03, .06, .09, .17, .27})[s];
    expect(CorruptionKind::ImpulseNoise, severity,
           moments_of(
               3, [=](int i) { return i == 0 ? 1 - amount : amount / 2; },
               [](int i) { return i == 0 ? 0.5 : i - 1.0; }));
  }
}

TEST(Corruption, TonesAndSizesAreExact) {
  const cv::Mat image = wavy(224, 224, 3, CV_32F) * 0.5;
  for (std::size_t s = 0; s < 5; ++s) {
    const int severity = static_cast<int>(s) + 1;
    const cv::Mat contrast = corrupted(image, CorruptionKind::Contrast, severity);
    const double factor = std::array{.4, .3, .2, .1, .05}[s];
    cv::Scalar mean, deviation, before, spread;
    cv::meanStdDev(image, before, spread);
    cv::meanStdDev(contrast, mean, deviation);
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(mean[c], before[c], 1e-3);
      EXPECT_NEAR(deviation[c], factor * spread[c], 0.02 * factor * spread[c]);
    }
    // Brightness adds to HSV's value: the largest channel.
    const cv::Mat bright = corrupted(image, CorruptionKind::Brightness, severity);
    for (int i = 0; i < 200; ++i) {
      const cv::Vec3f a = image.at<cv::Vec3f>(i, i), b = bright.at<cv::Vec3f>(i, i);
      const float top = std::ranges::max(a.val), after = std::ranges::max(b.val);
      EXPECT_NEAR(after, std::min(1.F, top + 0.1F * static_cast<float>(severity)), 1e-4);
    }
    // As many different rows as the small image had.
    const cv::Mat blocks = corrupted(image, CorruptionKind::Pixelate, severity);
    int rows = 1;
    for (int y = 1; y < 224; ++y) rows += cv::norm(blocks.row(y), blocks.row(y - 1), cv::NORM_INF) > 0;
    const double kept = std::array{.6, .5, .4, .3, .25}[s];
    EXPECT_NEAR(rows, 224 * kept, 1);
  }
}

TEST(Corruption, BlursHaveTheirWidths) {
  cv::Mat point(223, 223, CV_32FC1, cv::Scalar(0));
  point.at<float>(111, 111) = 1;
  const auto width = [](const cv::Mat& image) {
    const cv::Moments m = cv::moments(image);
    return std::sqrt(m.mu20 / m.m00);
  };
  for (std::size_t s = 0; s < 5; ++s) {
    const int severity = static_cast<int>(s) + 1;
    const double sigma = std::array{1., 2., 3., 4., 6.}[s] * 223 / 224;
    EXPECT_NEAR(width(corrupted(point, CorruptionKind::GaussianBlur, severity)), sigma, 0.02 * sigma);
    // A disc's deviation along one axis is half its radius; the aliasing blur adds its own.
    const double radius = std::array{3., 4., 6., 8., 10.}[s], alias = std::array{.1, .5, .5, .5, .5}[s];
    const double wanted = std::hypot(radius / 2, alias);
    EXPECT_NEAR(width(corrupted(point, CorruptionKind::DefocusBlur, severity)), wanted, 0.06 * wanted);
  }
}

TEST(Corruption, TheFirstFifteenAreTheBenchmarks) {
  const std::array<std::string_view, Corruption::kCommon> common{
      "gaussian_noise",    "shot_noise", "impulse_noise",   "defocus_blur", "glass_blur", "motion_blur",
      "zoom_blur",         "snow",       "frost",           "fog",          "brightness", "contrast",
      "elastic_transform", "pixelate",   "jpeg_compression"};
  std::set<std::string_view> names;
  for (int k = 0; k < Corruption::kKinds; ++k) {
    const std::string_view name = corruption_name(static_cast<CorruptionKind>(k));
    if (k < Corruption::kCommon) { EXPECT_EQ(name, common[static_cast<std::size_t>(k)]); }
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 19U);
  EXPECT_NE(error_of([] { Transform(Corruption{.severity = 6}); }).find("severity"), std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
