#include "doppel/augment/transforms/blur/edge_detect.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(EdgeDetect, IsSobelsGradient) {
  for (const int channels : {1, 3})
    for (const cv::Size size : {cv::Size(1, 1), {1, 9}, {9, 1}, {2, 2}, {31, 17}}) {
      Sample sample;
      sample.image = wavy(size.height, size.width, channels);
      cv::Mat grey = sample.image, dx, dy, length, expected;
      if (channels == 3) cv::cvtColor(sample.image, grey, cv::COLOR_RGB2GRAY);
      cv::Sobel(grey, dx, CV_32F, 1, 0, 3, 0.5 / 255, 0, cv::BORDER_REFLECT_101);
      cv::Sobel(grey, dy, CV_32F, 0, 1, 3, 0.5 / 255, 0, cv::BORDER_REFLECT_101);
      cv::magnitude(dx, dy, length);
      length = cv::min(length, 1.0) * 255;
      if (channels == 3) cv::cvtColor(length, length, cv::COLOR_GRAY2RGB);
      cv::addWeighted(sample.image, 0.3, length, 0.7, 0, expected, CV_8U);
      const cv::Mat out = Recipe{EdgeDetect{{0.7, 0.7}, 1}}.apply(sample, {}).image;
      EXPECT_LE(cv::norm(out, expected, cv::NORM_INF), 1) << size;
    }
}

TEST(EdgeDetect, AStepShowsOnBothItsSides) {
  Sample sample;
  sample.image = cv::Mat(6, 8, CV_32FC1, cv::Scalar(0.25));
  sample.image.colRange(4, 8).setTo(0.5);
  const cv::Mat out = Recipe{EdgeDetect{{1, 1}, 1}}.apply(sample, {}).image;
  // 1, 2, 1 times the step of 1/4, halved.
  for (int x = 0; x < 8; ++x) EXPECT_NEAR(out.at<float>(3, x), x == 3 || x == 4 ? 0.5 : 0, 1e-6) << x;
}

}  // namespace
}  // namespace doppel::augment
