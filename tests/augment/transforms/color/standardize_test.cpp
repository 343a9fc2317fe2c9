#include "doppel/augment/transforms/color/standardize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Standardize, GivesEachChannelMeanZeroAndDeviationOne) {
  for (const int depth : {CV_8U, CV_32F})
    for (const int channels : {1, 3}) {
      Sample sample;
      sample.image = wavy(30, 40, channels, depth);
      const cv::Mat out = Recipe{Standardize{}}.apply(sample, {}).image;
      ASSERT_EQ(out.depth(), CV_32F);
      cv::Scalar mean, deviation;
      cv::meanStdDev(out, mean, deviation);
      for (int c = 0; c < channels; ++c) {
        EXPECT_NEAR(mean[c], 0, 1e-3);
        EXPECT_NEAR(deviation[c], 1, 1e-3);
      }
      // Neither exposure nor contrast is left to be seen.
      sample.image = wavy(30, 40, channels, CV_32F) * 0.4 + cv::Scalar(0.1, 0.3, 0.5);
      EXPECT_LT(cv::norm(out, Recipe{Standardize{}}.apply(sample, {}).image, cv::NORM_INF), 0.03);
    }
}

TEST(Standardize, OneLevelBecomesZero) {
  for (const int side : {1, 5}) {
    const cv::Mat out = Recipe{Standardize{}}.apply(flat_sample(side, side, 0.3), {}).image;
    EXPECT_LT(cv::norm(out, cv::NORM_INF), 1e-3);
  }
}

}  // namespace
}  // namespace doppel::augment
