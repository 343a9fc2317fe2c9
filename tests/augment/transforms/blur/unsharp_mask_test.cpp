#include "doppel/augment/transforms/blur/unsharp_mask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/blur/gaussian_blur.h"

namespace doppel::augment {
namespace {

TEST(UnsharpMask, AddsWhatAGaussianTakesAwayWhereThatIsAboveTheThreshold) {
  constexpr double kAmount = 0.6, kThreshold = 0.04;
  Sample sample;
  sample.image = wavy(40, 50, 3, CV_32F) * 0.7 + cv::Scalar::all(0.15);
  const cv::Mat soft = Recipe{GaussianBlur{{1.5, 1.5}, 1}}.apply(sample, {}).image;
  const cv::Mat out =
      Recipe{UnsharpMask{{1.5, 1.5}, {kAmount, kAmount}, kThreshold, 1}}.apply(sample, {}).image;
  int above = 0, below = 0;
  for (int y = 0; y < 40; ++y)
    for (int i = 0; i < 150; ++i) {
      const double x = sample.image.ptr<float>(y)[i], d = x - soft.ptr<float>(y)[i],
                   change = out.ptr<float>(y)[i] - x;
      if (std::abs(d) >= kThreshold) {
        EXPECT_NEAR(change, kAmount * d, 1e-5);
        ++above;
      } else if (std::abs(d) <= kThreshold / 2) {
        EXPECT_NEAR(change, 0, 1e-6);
        ++below;
      } else {
        EXPECT_GE(change * d, -1e-6);
        EXPECT_LE(std::abs(change), kAmount * std::abs(d) + 1e-6);
      }
    }
  EXPECT_GT(above, 100);
  EXPECT_GT(below, 100);
}

TEST(UnsharpMask, WithoutAThresholdItIsLinear) {
  Sample sample, faint;
  sample.image = wavy(20, 20, 1, CV_32F) * 0.5 + cv::Scalar(0.25);
  faint.image = sample.image * 0.1 + cv::Scalar(0.45);
  const Recipe recipe{UnsharpMask{{1, 1}, {0.5, 0.5}, 0, 1}};
  const cv::Mat strong = recipe.apply(sample, {}).image - sample.image,
                weak = recipe.apply(faint, {}).image - faint.image;
  EXPECT_GT(cv::norm(strong, cv::NORM_INF), 0.01);
  EXPECT_LE(cv::norm(strong * 0.1, weak, cv::NORM_INF), 1e-6);
}

}  // namespace
}  // namespace doppel::augment
