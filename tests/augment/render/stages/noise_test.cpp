// Stages of noise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/render/through.h"

namespace doppel::augment {
namespace {

TEST(NoiseStages, NoiseIsAFunctionOfThePlace) {
  for (const Op& op : std::vector<Op>{op::Noise{.std = 0.1, .seed = 3}, op::Shot{50, 3}, op::Rician{0.1, 3},
                                      op::Sensor{.read = 0.1, .seed = 3}, op::RowNoise{0.1, 0.1, 2, 3}}) {
    const cv::Mat large = through(op, flat_image(40, 300, cv::Scalar::all(0.5))),
                  small = through(op, flat_image(31, 201, cv::Scalar::all(0.5)));
    EXPECT_EQ(cv::norm(large(cv::Rect(0, 0, 201, 31)), small, cv::NORM_INF), 0) << name_of(op);
    EXPECT_GT(cv::norm(large.row(3), large.row(30), cv::NORM_INF), 0.05) << name_of(op);
  }
}

TEST(NoiseStages, LawsAndChannelsAreThoseAsked) {
  using Noise = op::Noise;
  const cv::Mat image = flat_image(60, 200, cv::Scalar(0.5, 0.3, 0.6));
  const Noise uniform{.distribution = Noise::Distribution::Uniform,
                      .channels = Noise::Channels::Shared,
                      .std = 0.1,
                      .seed = 2};
  Noise product = uniform;
  product.law = Noise::Law::Multiplicative;
  const cv::Mat sum = through(uniform, image), times = through(product, image);
  double most = 0;
  for (int i = 0; i < 12000; ++i) {
    const cv::Vec3f v = sum.at<cv::Vec3f>(i / 200, i % 200), w = times.at<cv::Vec3f>(i / 200, i % 200);
    const float n = v[0] - 0.5F;
    most = std::max(most, static_cast<double>(std::abs(n)));
    ASSERT_NEAR(v[1], 0.3F + n, 1e-6);
    ASSERT_NEAR(w[2], 0.6F * (1 + n), 1e-6);
  }
  EXPECT_LE(most, 0.1 * std::sqrt(3) + 1e-6);  // uniform of deviation 0.1 ends there
  EXPECT_GT(most, 0.0999 * std::sqrt(3));
  Noise each = uniform;
  each.channels = Noise::Channels::Each;
  const cv::Mat apart = through(each, image);
  EXPECT_GT(std::abs(apart.at<cv::Vec3f>(0)[0] - apart.at<cv::Vec3f>(0)[1] - 0.2F), 1e-4);
}

TEST(NoiseStages, RicianNoiseOfTheDarkIsRayleighs) {
  const double std = 0.1, pi = 3.14159265;
  EXPECT_NEAR(cv::mean(through(op::Rician{std, 5}, flat_image(200, 200, cv::Scalar(0), 1)))[0],
              std * std::sqrt(pi / 2), 0.001);
  // In the light a normal's: the mean grows by std² / 2x.
  EXPECT_NEAR(cv::mean(through(op::Rician{std, 5}, flat_image(200, 200, cv::Scalar(0.6), 1)))[0],
              0.6 + std * std / 1.2, 0.002);
  EXPECT_LT(cv::norm(through(op::Rician{0}, ramp_row(99)), ramp_row(99), cv::NORM_INF), 1e-6);
}

TEST(NoiseStages, SensorsWorkInLinearLight) {
  const cv::Mat image = flat_image(128, 128, cv::Scalar(0.8, 0.6, 0.4));
  const cv::Vec3f dim = through(op::Sensor{.exposure = 0.25, .gain = 2}, image).at<cv::Vec3f>(9, 9);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(dim[c], (0.8 - 0.2 * c) * std::sqrt(0.5), 1e-5);
  // Of grey: y + noise of variance read² + shot · y.
  const cv::Mat grey = flat_image(128, 128, cv::Scalar(0.6), 1);
  cv::Mat light = through(op::Sensor{.read = 0.02, .shot = 0.001, .seed = 6}, grey);
  cv::Scalar mean, deviation;
  cv::meanStdDev(light.mul(light), mean, deviation);
  EXPECT_NEAR(mean[0], 0.36, 0.001);
  EXPECT_NEAR(deviation[0], std::sqrt(0.0004 + 0.00036), 0.0006);
  // Chroma lies over blocks of 2x2: red less green is the same within one.
  const cv::Mat colored =
      through(op::Sensor{.read = 0.05, .seed = 6}, flat_image(64, 300, cv::Scalar::all(0.7)));
  for (int y = 0; y < 64; y += 2)
    for (int x = 0; x < 300; x += 2) {
      const auto difference = [&](int j, int i) {
        const cv::Vec3f p = colored.at<cv::Vec3f>(y + j, x + i);
        return p[0] * p[0] - p[1] * p[1];
      };
      ASSERT_NEAR(difference(0, 0), difference(1, 1), 1e-5);
    }
}

TEST(NoiseStages, PatternsAreWaves) {
  using Kind = op::Pattern::Kind;
  const cv::Mat image = flat_image(40, 60, cv::Scalar(0.5), 1);
  const auto wave = [&](Kind kind, double angle) {
    return cv::Mat(through(op::Pattern{kind, 0.2, 10, angle, 0}, image) - 0.5);
  };
  const cv::Mat stripes = wave(Kind::Stripes, 0), square = wave(Kind::Square, 0),
                checker = wave(Kind::Checker, 0), lying = wave(Kind::Stripes, 90);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 60; ++x) {
      ASSERT_NEAR(stripes.at<float>(y, x), 0.2 * std::sin(2 * 3.14159265 * (x + 0.5) / 10), 1e-4);
      ASSERT_NEAR(square.at<float>(y, x), x % 10 < 5 ? 0.2 : -0.2, 1e-5);
      // A checker of two squares: half a period on changes sign, along either axis.
      if (x >= 5) { ASSERT_NEAR(checker.at<float>(y, x), -checker.at<float>(y, x - 5), 1e-5); }
      if (y >= 5) { ASSERT_NEAR(checker.at<float>(y, x), -checker.at<float>(y - 5, x), 1e-5); }
      if (y >= 10) { ASSERT_NEAR(lying.at<float>(y, x), lying.at<float>(y - 10, x), 1e-4); }
      ASSERT_NEAR(lying.at<float>(y, x), lying.at<float>(y, 0), 1e-4);
    }
  // Moiré: twice the product of two sines is a slow and a fast wave; it never leaves the amplitude.
  const cv::Mat moire = wave(Kind::Moire, 20);
  EXPECT_TRUE(cv::checkRange(moire, true, nullptr, -0.2 - 1e-5, 0.2 + 1e-5));
}

TEST(NoiseStages, RowsShareAnOffset) {
  const cv::Mat out =
      through(op::RowNoise{.std = 0.05, .height = 3, .seed = 8}, flat_image(600, 40, cv::Scalar::all(0.5)));
  double sum = 0, square = 0;
  for (int y = 0; y < 600; ++y) {
    const cv::Vec3f first = out.at<cv::Vec3f>(y, 0);
    EXPECT_EQ(cv::norm(out.row(y), cv::Mat(1, 40, CV_32FC3, cv::Scalar(first[0], first[0], first[0])),
                       cv::NORM_INF),
              0);
    EXPECT_EQ(first, out.at<cv::Vec3f>(y / 3 * 3, 0));
    const double n = static_cast<double>(first[0]) - 0.5;
    sum += n, square += n * n;
  }
  EXPECT_NEAR(sum / 600, 0, 0.01);
  EXPECT_NEAR(std::sqrt(square / 600), 0.05, 0.01);
  const cv::Mat columns =
      through(op::RowNoise{.columns = 0.05, .seed = 8}, flat_image(9, 40, cv::Scalar::all(0.5)));
  EXPECT_EQ(cv::norm(columns.row(0), columns.row(8), cv::NORM_INF), 0);
  EXPECT_NE(columns.at<cv::Vec3f>(0, 0), columns.at<cv::Vec3f>(0, 1));
}

TEST(NoiseStages, PinkNoiseIsSmootherTheSteeperItFalls) {
  double before = 1e9;
  for (const double exponent : {0.0, 1.0, 2.0}) {
    double steps = 0, all = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const cv::Mat n =
          through(op::PinkNoise{0.05, exponent, seed}, flat_image(64, 64, cv::Scalar(0.5), 1)) - 0.5;
      steps += cv::norm(n.colRange(1, 64), n.colRange(0, 63), cv::NORM_L2SQR);
      all += cv::norm(n, cv::NORM_L2SQR);
    }
    EXPECT_LT(steps / all, before) << exponent;
    before = steps / all;
  }
}

TEST(NoiseStages, FilmGrainIsStrongestInTheMidTones) {
  const auto deviation = [](double level, double size) {
    const cv::Mat out = through(op::FilmGrain{size, 0.04, 3}, flat_image(128, 128, cv::Scalar::all(level)));
    cv::Scalar mean, found;
    cv::meanStdDev(out, mean, found);
    const cv::Vec3f p = out.at<cv::Vec3f>(5, 5);
    EXPECT_NEAR(p[0], p[2], 1e-6);  // the same in all channels
    return found[0];
  };
  for (const double size : {1.0, 3.0}) {
    EXPECT_NEAR(deviation(0.5, size), 0.04, 0.004) << size;
    EXPECT_NEAR(deviation(0.2, size), 0.04 * 0.8, 0.0035) << size;  // 2·sqrt(0.2 · 0.8)
    EXPECT_NEAR(deviation(0, size), 0, 1e-6);
    EXPECT_NEAR(deviation(1, size), 0, 1e-3);
  }
}

}  // namespace
}  // namespace doppel::augment
