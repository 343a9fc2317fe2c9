// What papers and peers publish: AutoAugment's tables, torchvision's colour formulas, ImageNet-C's
// severities.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/color_jitter.h"
#include "doppel/augment/transforms/color/contrast.h"
#include "doppel/augment/transforms/color/gamma.h"
#include "doppel/augment/transforms/color/posterize.h"
#include "doppel/augment/transforms/color/solarize.h"
#include "doppel/augment/transforms/policy/corruption.h"
#include "transforms/policy_space.h"

namespace doppel::augment {
namespace {

/// All colours of a 17^3 cube as one float picture.
cv::Mat color_cube() {
  cv::Mat cube(17, 289, CV_32FC3);
  for (int r = 0; r < 17; ++r)
    for (int gb = 0; gb < 289; ++gb)
      cube.at<cv::Vec3f>(r, gb) = {r / 16.F, (gb / 17) / 16.F, (gb % 17) / 16.F};
  return cube;
}

/// Torchvision's functional_tensor, by its formulas.
struct Torchvision {
  static double clamp(double v) { return std::clamp(v, 0.0, 1.0); }
  static double grey(const cv::Vec3d& c) { return 0.2989 * c[0] + 0.587 * c[1] + 0.114 * c[2]; }
  static cv::Vec3d blend(const cv::Vec3d& a, double b, double ratio) {
    cv::Vec3d out;
    for (int k = 0; k < 3; ++k) out[k] = clamp(ratio * a[k] + (1 - ratio) * b);
    return out;
  }
  static cv::Vec3d hue(const cv::Vec3d& c, double turn) {
    const double top = std::max({c[0], c[1], c[2]}), low = std::min({c[0], c[1], c[2]}), chroma = top - low;
    const double s = top == low ? 0 : chroma / top, d = top == low ? 1 : chroma;
    const double rc = (top - c[0]) / d, gc = (top - c[1]) / d, bc = (top - c[2]) / d;
    double h = c[0] == top ? bc - gc : c[1] == top ? 2 + rc - bc : 4 + gc - rc;
    h = std::fmod(h / 6 + 1 + turn + 1, 1.0);
    const double i = std::floor(h * 6), f = h * 6 - i;
    const double p = clamp(top * (1 - s)), q = clamp(top * (1 - s * f)), t = clamp(top * (1 - s * (1 - f)));
    switch (static_cast<int>(i) % 6) {
      case 0:
        return {top, t, p};
      case 1:
        return {q, top, p};
      case 2:
        return {p, top, t};
      case 3:
        return {p, q, top};
      case 4:
        return {t, p, top};
      default:
        return {top, p, q};
    }
  }
};

TEST(Published, TorchvisionsColourFormulasOverTheCube) {
  const cv::Mat cube = color_cube();
  Sample sample;
  sample.image = cube;
  double mean = 0;
  for (const auto& c : cv::Mat_<cv::Vec3f>(cube)) mean += Torchvision::grey(c) / double(cube.total());
  const auto check = [&](const Recipe& recipe, const auto& formula) {
    const cv::Mat out = recipe.apply(sample, {}).image;
    for (int i = 0; i < static_cast<int>(cube.total()); ++i) {
      const cv::Vec3f now = out.at<cv::Vec3f>(i / 289, i % 289);
      const cv::Vec3d wanted = formula(cv::Vec3d(cube.at<cv::Vec3f>(i / 289, i % 289)));
      for (int k = 0; k < 3; ++k) ASSERT_NEAR(double(now[k]), wanted[k], 1.0 / 255) << recipe.yaml() << i;
    }
  };
  const Range none{1, 1}, still{0, 0};
  for (const double f : {0.0, 0.5, 1.0, 1.7}) {
    check({ColorJitter{{f, f}, none, none, still, 1}},
          [&](const cv::Vec3d& c) { return Torchvision::blend(c, 0, f); });
    check({ColorJitter{none, {f, f}, none, still, 1}},
          [&](const cv::Vec3d& c) { return Torchvision::blend(c, mean, f); });
    check({ColorJitter{none, none, {f, f}, still, 1}},
          [&](const cv::Vec3d& c) { return Torchvision::blend(c, Torchvision::grey(c), f); });
  }
  for (const double turn : {-0.5, -0.2, 0.05, 0.31, 0.5})
    check({ColorJitter{none, none, none, {turn, turn}, 1}},
          [&](const cv::Vec3d& c) { return Torchvision::hue(c, turn); });
  check({Gamma{.gamma = {0.7, 0.7}, .p = 1}}, [](const cv::Vec3d& c) {
    return cv::Vec3d(std::pow(c[0], 0.7), std::pow(c[1], 0.7), std::pow(c[2], 0.7));
  });
}

std::uint64_t checksum(int policy) {
  std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a
  const auto add = [&](std::uint64_t v) { hash = (hash ^ v) * 1099511628211ULL; };
  for (const PolicyPair& pair : policy_pairs(policy))
    for (const PolicyStep& step : pair) {
      add(static_cast<std::uint64_t>(step.op));
      add(static_cast<std::uint64_t>(std::lround(step.chance * 10)));
      add(static_cast<std::uint64_t>(step.bin));
    }
  return hash;
}

TEST(Published, AutoAugmentHas75PairsAndTheirSum) {
  std::size_t pairs = 0;
  for (int policy = 0; policy < 3; ++policy) pairs += policy_pairs(policy).size();
  EXPECT_EQ(pairs, 75U);
  EXPECT_EQ(checksum(0), 15683804801408269278ULL);
  EXPECT_EQ(checksum(1), 244694342658505585ULL);
  EXPECT_EQ(checksum(2), 12968801073367136163ULL);
}

TEST(Published, PolicySpacesEndWhereThePapersSay) {
  const Size size{331, 331};
  EXPECT_NEAR(space_value(PolicyOp::ShearX, 1, false, size), 0.3, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::ShearX, 1, true, size), 0.99, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::TranslateX, 1, false, size), 150, 1e-6);
  EXPECT_NEAR(space_value(PolicyOp::TranslateX, 1, true, size), 32, 1e-6);
  EXPECT_NEAR(space_value(PolicyOp::Rotate, 1, false, size), 30, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Rotate, 1, true, size), 135, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Brightness, 1, false, size), 0.9, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Posterize, 1, false, size), 4, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Posterize, 1, true, size), 2, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Solarize, 1, false, size), 0, 1e-9);
}

using Kind = Corruption::Kind;

cv::Mat corrupted(const cv::Mat& image, Kind kind, int severity) {
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

TEST(Published, ImageNetCsNoisesHaveTheirStatistics) {
  const cv::Mat grey(224, 224, CV_32FC3, cv::Scalar::all(0.5));
  const auto expect = [&](Kind kind, int severity, std::pair<double, double> wanted) {
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
    expect(Kind::GaussianNoise, severity, normal(std::array{.08, .12, .18, .26, .38}[s]));
    expect(Kind::SpeckleNoise, severity, normal(0.5 * std::array{.15, .2, .35, .45, .6}[s]));
    const double photons = std::array{60, 25, 12, 5, 3}[s], lambda = photons / 2;
    expect(Kind::ShotNoise, severity,
           moments_of(
               200, [=](int i) { return std::exp(i * std::log(lambda) - lambda - std::lgamma(i + 1.0)); },
               [=](int i) { return i / photons; }));
    const double amount = (std::array{.03, .06, .09, .17, .27})[s];
    expect(Kind::ImpulseNoise, severity,
           moments_of(
               3, [=](int i) { return i == 0 ? 1 - amount : amount / 2; },
               [](int i) { return i == 0 ? 0.5 : i - 1.0; }));
  }
}

TEST(Published, ImageNetCsTonesAndSizesAreExact) {
  const cv::Mat image = wavy(224, 224, 3, CV_32F) * 0.5;
  for (std::size_t s = 0; s < 5; ++s) {
    const int severity = static_cast<int>(s) + 1;
    const cv::Mat contrast = corrupted(image, Kind::Contrast, severity);
    const double factor = std::array{.4, .3, .2, .1, .05}[s];
    cv::Scalar mean, deviation, before, spread;
    cv::meanStdDev(image, before, spread);
    cv::meanStdDev(contrast, mean, deviation);
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(mean[c], before[c], 1e-3);
      EXPECT_NEAR(deviation[c], factor * spread[c], 0.02 * factor * spread[c]);
    }
    // Brightness adds to HSV's value: the largest channel.
    const cv::Mat bright = corrupted(image, Kind::Brightness, severity);
    for (int i = 0; i < 200; ++i) {
      const cv::Vec3f a = image.at<cv::Vec3f>(i, i), b = bright.at<cv::Vec3f>(i, i);
      const float top = std::ranges::max(a.val), after = std::ranges::max(b.val);
      EXPECT_NEAR(after, std::min(1.F, top + 0.1F * static_cast<float>(severity)), 1e-4);
    }
    // As many different rows as the small picture had.
    const cv::Mat blocks = corrupted(image, Kind::Pixelate, severity);
    int rows = 1;
    for (int y = 1; y < 224; ++y) rows += cv::norm(blocks.row(y), blocks.row(y - 1), cv::NORM_INF) > 0;
    const double kept = std::array{.6, .5, .4, .3, .25}[s];
    EXPECT_NEAR(rows, 224 * kept, 1);
  }
}

TEST(Published, ImageNetCsBlursHaveTheirWidths) {
  cv::Mat point(223, 223, CV_32FC1, cv::Scalar(0));
  point.at<float>(111, 111) = 1;
  const auto width = [](const cv::Mat& image) {
    const cv::Moments m = cv::moments(image);
    return std::sqrt(m.mu20 / m.m00);
  };
  for (std::size_t s = 0; s < 5; ++s) {
    const int severity = static_cast<int>(s) + 1;
    const double sigma = std::array{1., 2., 3., 4., 6.}[s] * 223 / 224;
    EXPECT_NEAR(width(corrupted(point, Kind::GaussianBlur, severity)), sigma, 0.02 * sigma);
    // A disc's deviation along one axis is half its radius; the aliasing blur adds its own.
    const double radius = std::array{3., 4., 6., 8., 10.}[s], alias = std::array{.1, .5, .5, .5, .5}[s];
    const double wanted = std::hypot(radius / 2, alias);
    EXPECT_NEAR(width(corrupted(point, Kind::DefocusBlur, severity)), wanted, 0.06 * wanted);
  }
}

}  // namespace
}  // namespace doppel::augment
