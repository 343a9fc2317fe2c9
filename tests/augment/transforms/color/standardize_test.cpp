#include "doppel/augment/transforms/color/standardize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

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

TEST(Standardize, ChannelsTogetherKeepTheirDifferences) {
  Sample sample;
  sample.image = wavy(30, 40, 3, CV_32F) * 0.4 + cv::Scalar(0.1, 0.3, 0.5);
  const auto numbers = sample.image.reshape(1);
  cv::Scalar mean, deviation;
  cv::meanStdDev(numbers, mean, deviation);  // of all numbers
  const Standardize both{.channels = Standardize::Channels::Together};
  const Standardize centred{.channels = Standardize::Channels::Together, .deviation = false};
  const cv::Mat all = (numbers - mean[0]) / deviation[0], middle = numbers - mean[0];
  EXPECT_LT(cv::norm(Recipe{both}.apply(sample, {}).image.reshape(1), all, cv::NORM_INF), 1e-3);
  EXPECT_LT(cv::norm(Recipe{centred}.apply(sample, {}).image.reshape(1), middle, cv::NORM_INF), 1e-4);
  const cv::Mat each = Recipe{Standardize{.deviation = false}}.apply(sample, {}).image;
  EXPECT_LT(cv::norm(each - (sample.image - cv::mean(sample.image)), cv::NORM_INF), 1e-4);
  sample.image = wavy(30, 40, 1, CV_32F);
  EXPECT_LT(cv::norm(Recipe{both}.apply(sample, {}).image, Recipe{Standardize{}}.apply(sample, {}).image),
            1e-4);
  sample.image = wavy(30, 40, 5, CV_32F);
  EXPECT_EQ(error_of([&] { Recipe{both}.apply(sample, {}); }),
            "Standardize {channels: together} needs a grey or RGB image, not one of 5 bands");
}

TEST(Standardize, OneLevelBecomesZero) {
  for (const int side : {1, 5}) {
    const cv::Mat out = Recipe{Standardize{}}.apply(flat_sample(side, side, 0.3), {}).image;
    EXPECT_LT(cv::norm(out, cv::NORM_INF), 1e-3);
  }
}

}  // namespace
}  // namespace doppel::augment
