#include "doppel/augment/transforms/quality/superpixels.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Superpixels, OneIsTheImagesMeanAndManyAreTheImage) {
  Sample sample;
  sample.image = wavy(60, 80, 3, CV_32F);
  const auto error = [&](int count) {
    const cv::Mat out = Recipe{Superpixels{{count, count}, {1, 1}, 1}}.apply(sample, {}).image;
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(cv::mean(out)[c], cv::mean(sample.image)[c], 1e-4);
    return cv::norm(out, sample.image, cv::NORM_L2);
  };
  const cv::Mat mean(60, 80, CV_32FC3, cv::mean(sample.image));
  EXPECT_NEAR(error(1), cv::norm(mean, sample.image, cv::NORM_L2), 1e-2);
  EXPECT_LT(error(20), 0.8 * error(1));
  EXPECT_LT(error(200), 0.8 * error(20));
  EXPECT_EQ(error(100000), 0);
}

TEST(Superpixels, EachDrawShowsOtherPatches) {
  Sample sample;
  sample.image = wavy(60, 60, 1, CV_32F);
  const Recipe half{Superpixels{{50, 50}, {0.5, 0.5}, 1}};
  const cv::Mat one = half.apply(sample, {.seed = 1}).image, two = half.apply(sample, {.seed = 2}).image;
  EXPECT_GT(cv::countNonZero((one != sample.image) & (two == sample.image)), 100);
  EXPECT_GT(cv::countNonZero((two != sample.image) & (one == sample.image)), 100);
}

}  // namespace
}  // namespace doppel::augment
