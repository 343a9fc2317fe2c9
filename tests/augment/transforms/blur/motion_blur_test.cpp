#include "doppel/augment/transforms/blur/motion_blur.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

TEST(MotionBlur, KernelsSumToOneAndStayCentred) {
  for (double length = 0.5; length < 20; length += 1.7)
    for (double angle = 0; angle < 360; angle += 23)
      for (const double direction : {-1.0, 0.0, 0.6}) {
        cv::Mat k;
        line_kernel({length, angle, direction}).convertTo(k, CV_64F);
        double x = 0, y = 0;
        for (int r = 0; r < k.rows; ++r)
          for (int c = 0; c < k.cols; ++c)
            x += k.at<double>(r, c) * (c - k.cols / 2), y += k.at<double>(r, c) * (r - k.rows / 2);
        EXPECT_NEAR(cv::sum(k)[0], 1, 1e-6);
        EXPECT_NEAR(x, 0, 1e-5);
        EXPECT_NEAR(y, 0, 1e-5);
      }
}

TEST(MotionBlur, DrawsAPointOutToALine) {
  for (const double angle : {0.0, 45.0, 90.0, 160.0}) {
    const MotionBlur blur{{9, 9}, {angle, angle}, {0, 0}, 1};
    const cv::Moments m = cv::moments(Recipe{blur}.apply(one_point(21), {}).image);
    // A line of eight steps has the variance 64/12; its samples and their spread over pixels add a little.
    const double c = std::cos(angle * CV_PI / 180), s = -std::sin(angle * CV_PI / 180), along = 64 / 12.0;
    EXPECT_NEAR(m.mu20 / m.m00, c * c * along, 0.4) << angle;
    EXPECT_NEAR(m.mu02 / m.m00, s * s * along, 0.4) << angle;
    EXPECT_NEAR(m.mu11 / m.m00, c * s * along, 0.4) << angle;
  }
}

TEST(MotionBlur, OppositeDirectionsLeanOppositeWays) {
  const auto blurred = [](double direction) {
    return Recipe{MotionBlur{{9, 9}, {20, 20}, {direction, direction}, 1}}.apply(one_point(21), {}).image;
  };
  cv::Mat turned;
  cv::flip(blurred(-0.8), turned, -1);
  EXPECT_LE(cv::norm(blurred(0.8), turned, cv::NORM_INF), 1e-5);
  EXPECT_GT(cv::norm(blurred(0.8), blurred(-0.8), cv::NORM_INF), 0.02);
}

}  // namespace
}  // namespace doppel::augment
