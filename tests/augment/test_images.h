// Images for tests.
#pragma once

#include <opencv2/core.hpp>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/random.h"

namespace doppel::augment {

/// Smooth waves with a little noise: has detail, yet a warp's rounding stays small.
inline cv::Mat wavy(int height, int width, int channels, int depth = CV_8U) {
  cv::Mat image(height, width, CV_MAKETYPE(CV_32F, channels));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c)
        image.ptr<float>(y)[x * channels + c] =
            static_cast<float>(0.5 + 0.35 * std::sin(x * 0.21 + c) * std::cos(y * 0.17 - c) +
                               0.1 * std::sin(x * 1.3 + y * 0.9 + c));
  if (depth == CV_32F) return image;
  cv::Mat whole;
  image.convertTo(whole, depth, depth == CV_8U ? 255 : 65535);
  return whole;
}

/// Largest absolute difference, in 8-bit levels.
inline double largest_difference(const cv::Mat& a, const cv::Mat& b) {
  EXPECT_EQ(a.size(), b.size());
  EXPECT_EQ(a.type(), b.type());
  return cv::norm(a, b, cv::NORM_INF) * (a.depth() == CV_32F ? 255 : a.depth() == CV_16U ? 255 / 65535.0 : 1);
}

}  // namespace doppel::augment
