#include "doppel/augment/transforms/noise/pattern_noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <set>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

/// One channel of 100x100, of period 10, less the level that was there.
cv::Mat pattern_alone(PatternNoise::Kind kind, double angle) {
  const PatternNoise noise{kind, {0.2, 0.2}, {0.1, 0.1}, {angle, angle}, 1};
  return on_level(noise, 0.5, 100, 1) - 0.5;
}

TEST(PatternNoise, StripesAreASineAcrossTheirAngle) {
  const cv::Mat upright = pattern_alone(PatternNoise::Kind::Stripes, 0),
                level = pattern_alone(PatternNoise::Kind::Stripes, 90);
  for (const cv::Mat& stripes : {upright, cv::Mat(level.t())}) {
    EXPECT_LE(cv::norm(stripes.row(0), stripes.row(77), cv::NORM_INF), 1e-4);
    EXPECT_LE(cv::norm(stripes.colRange(0, 90), stripes.colRange(10, 100), cv::NORM_INF), 1e-4);
    EXPECT_LE(cv::norm(stripes.colRange(0, 95) + stripes.colRange(5, 100), cv::NORM_INF), 1e-4);
    const LevelMoments m = level_moments(stripes);
    EXPECT_NEAR(m.mean, 0, 1e-5);
    EXPECT_NEAR(m.deviation, 0.2 / std::sqrt(2), 1e-4);
    EXPECT_NEAR(m.kurtosis, 1.5, 1e-3);
  }
}

TEST(PatternNoise, SquaresAndCheckersHaveTwoLevels) {
  for (const auto kind : {PatternNoise::Kind::Square, PatternNoise::Kind::Checker}) {
    const cv::Mat pattern = pattern_alone(kind, 0);
    for (const float v : cv::Mat_<float>(pattern)) EXPECT_NEAR(std::abs(v), 0.2, 1e-6);
    EXPECT_LE(cv::norm(pattern.colRange(0, 95) + pattern.colRange(5, 100), cv::NORM_INF), 1e-6);
    const bool checker = kind == PatternNoise::Kind::Checker;
    const cv::Mat half_down = checker ? cv::Mat(-pattern.rowRange(5, 100)) : pattern.rowRange(5, 100);
    EXPECT_LE(cv::norm(pattern.rowRange(0, 95), half_down, cv::NORM_INF), 1e-6);
  }
}

TEST(PatternNoise, MoireBeats) {
  // Two sines of nearly the same period: strong where they meet, weak a quarter of a beat on.
  const PatternNoise noise{PatternNoise::Kind::Moire, {0.2, 0.2}, {0.02, 0.02}, {0, 0}, 1};
  const cv::Mat pattern = on_level(noise, 0.5, 400, 1) - 0.5;
  double low = 1, high = 0;
  for (int x = 0; x + 16 <= 400; x += 16) {  // two periods
    const double mean = cv::mean(pattern(cv::Rect(x, 200, 16, 1)))[0];
    low = std::min(low, mean);
    high = std::max(high, mean);
  }
  EXPECT_NEAR(high, 0.1, 0.02);
  EXPECT_NEAR(low, -0.1, 0.02);
}

TEST(PatternNoise, BandingIsOfRowsAndAnyIsEachOfThem) {
  const cv::Mat bands = pattern_alone(PatternNoise::Kind::Banding, 45);
  for (int y = 0; y < 100; ++y) {
    EXPECT_EQ(cv::countNonZero(bands.row(y) != bands.at<float>(y, 0)), 0);
    EXPECT_EQ(bands.at<float>(y, 0), bands.at<float>(y - y % 10, 0)) << y;
  }
  std::set<int> kinds;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = Recipe{PatternNoise{.p = 1}}.draw(flat_sample(40, 40, 0.5), {.seed = seed});
    const auto* pattern = std::get_if<op::Pattern>(&plan.ops.at(0));
    kinds.insert(pattern != nullptr ? static_cast<int>(pattern->pattern) : 4);
  }
  EXPECT_EQ(kinds, (std::set{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace doppel::augment
