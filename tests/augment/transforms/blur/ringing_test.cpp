#include "doppel/augment/transforms/blur/ringing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Ringing, SpreadsAPointAsTheSincDoes) {
  for (const double cutoff : {0.785, 1.2, 2.5}) {
    const Recipe recipe{Ringing{{cutoff, cutoff}, {14, 14}, 1}};  // the next odd size is 15
    const cv::Mat out = recipe.apply(one_point(21, 0.7F, 0.5F), {}).image - 0.5;
    EXPECT_NEAR(cv::sum(out)[0], 0.2, 1e-4);
    for (int y = -10; y <= 10; ++y)
      for (int x = -10; x <= 10; ++x) {
        // Twice Bessel's J1 over its argument, 1 in the middle.
        const double r = cutoff * std::hypot(x, y), sinc = r > 0 ? 2 * std::cyl_bessel_j(1, r) / r : 1;
        const bool inside = std::max(std::abs(x), std::abs(y)) <= 7;
        EXPECT_NEAR(out.at<float>(10 + y, 10 + x), inside ? sinc * out.at<float>(10, 10) : 0, 2e-6)
            << cutoff << ": " << x << " " << y;
      }
  }
}

TEST(Ringing, PassesSlowWavesStopsFastOnesAndOvershootsAtSteps) {
  const Recipe recipe{Ringing{{1.2, 1.2}, {21, 21}, 1}};
  Sample sample;
  sample.image = cv::Mat(48, 96, CV_32FC1);
  const auto wave_left = [&](double frequency) {
    for (int x = 0; x < 96; ++x) sample.image.col(x) = 0.5 + 0.3 * std::cos(frequency * (x - 48));
    return (recipe.apply(sample, {}).image.at<float>(24, 48) - 0.5) / 0.3;
  };
  EXPECT_NEAR(wave_left(0.4), 1, 0.15);
  EXPECT_NEAR(wave_left(2.2), 0, 0.15);
  sample.image = 0.25;
  sample.image.colRange(48, 96) = 0.75;
  double low = 0, high = 0;
  cv::minMaxLoc(recipe.apply(sample, {}).image.row(24), &low, &high);
  EXPECT_LT(low, 0.22);
  EXPECT_GT(high, 0.78);
}

}  // namespace
}  // namespace doppel::augment
