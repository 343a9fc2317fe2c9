#include "doppel/augment/transforms/blur/emboss.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Emboss, LightensSlopesThatFaceTheUpperLeft) {
  constexpr double kAmount = 0.5, kSlope = 0.01;
  for (const int right : {-1, 0, 1})
    for (const int down : {-1, 0, 1}) {
      Sample sample;
      sample.image = cv::Mat(12, 12, CV_32FC1);
      for (int y = 0; y < 12; ++y)
        for (int x = 0; x < 12; ++x)
          sample.image.at<float>(y, x) =
              static_cast<float>(0.5 + kSlope * (right * (x - 6) + down * (y - 6)));
      const cv::Mat out = Recipe{Emboss{{kAmount, kAmount}, 1}}.apply(sample, {}).image;
      // Along each axis, two differences over two pixels.
      const double light = kAmount * kSlope * 4 * (right + down);
      for (int i = 1; i < 11; ++i)
        EXPECT_NEAR(out.at<float>(i, 6) - sample.image.at<float>(i, 6), light, 1e-5) << right << " " << down;
    }
}

TEST(Emboss, TurnedByHalfATurnTheReliefIsTheOtherWay) {
  Sample sample, turned;
  sample.image = cv::Mat(9, 9, CV_32FC1, cv::Scalar(0.4));
  sample.image(cv::Rect(3, 2, 4, 5)).setTo(0.6);
  cv::flip(sample.image, turned.image, -1);
  const Recipe recipe{Emboss{{0.3, 0.3}, 1}};
  const cv::Mat relief = recipe.apply(sample, {}).image - sample.image;
  cv::Mat other = recipe.apply(turned, {}).image - turned.image;
  cv::flip(other, other, -1);
  EXPECT_GT(cv::norm(relief, cv::NORM_INF), 0.1);
  EXPECT_LE(cv::norm(relief + other, cv::NORM_INF), 1e-6);
}

}  // namespace
}  // namespace doppel::augment
