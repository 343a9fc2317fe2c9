#include "doppel/augment/transforms/blur/glass_blur.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "augment/transforms/blur/places.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(GlassBlur, EachRoundMovesPixelsByNoMoreThanTheShift) {
  for (const int rounds : {1, 3}) {
    const GlassBlur glass{.sigma = {0, 0}, .max_shift = {2, 2}, .iterations = {rounds, rounds}, .p = 1};
    const cv::Mat out = Recipe{glass}.apply(own_places(48), {.seed = 3}).image;
    int most = 0;
    for (int y = 0; y < 48; ++y)
      for (int x = 0; x < 48; ++x) {
        const cv::Point from = came_from(out, x, y);
        most = std::max({most, std::abs(from.x), std::abs(from.y)});
      }
    EXPECT_LE(most, 2 * rounds);
    EXPECT_GT(most, 2 * (rounds - 1));
  }
}

TEST(GlassBlur, GaussiansSmoothWhatIsScattered) {
  Sample sample;
  sample.image = wavy(64, 64, 1, CV_32F);
  const auto roughness = [&](double sigma) {
    const GlassBlur glass{.sigma = {sigma, sigma}, .max_shift = {3, 3}, .iterations = {1, 1}, .p = 1};
    const cv::Mat out = Recipe{glass}.apply(sample, {.seed = 3}).image;
    return cv::norm(out.colRange(1, 64), out.colRange(0, 63), cv::NORM_L2);
  };
  EXPECT_LT(roughness(0.9), 0.5 * roughness(0));
  EXPECT_LT(roughness(2), 0.8 * roughness(0.9));
}

}  // namespace
}  // namespace doppel::augment
