#include "doppel/augment/transforms/weather/haze.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Haze, OneTransmissionHoldsEverywhere) {
  for (const double density : {0.3, 1.0, 2.5}) {
    const Recipe recipe{Haze{.density = {density, density}, .p = 1}};
    for (std::uint64_t i = 0; i < 10; ++i) {
      const cv::Mat dark = recipe.apply(flat_sample(20, 30, 0.1), {.index = i}).image,
                    light = recipe.apply(flat_sample(20, 30, 0.9), {.index = i}).image;
      const double t = std::exp(-density);
      EXPECT_LE(cv::norm(light - dark, cv::Mat(20, 30, CV_32FC3, cv::Scalar::all(0.8 * t)), cv::NORM_INF),
                1e-5);
      // x · t + airlight · (1 - t)
      const double air = (dark.at<cv::Vec3f>(9, 9)[1] - 0.1 * t) / (1 - t);
      EXPECT_TRUE(air > 0.72 && air < 0.98) << air;
    }
  }
}

}  // namespace
}  // namespace doppel::augment
