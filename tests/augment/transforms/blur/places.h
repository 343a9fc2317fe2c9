// Images that say where their pixels come from.
#pragma once

#include <cmath>
#include <opencv2/core.hpp>

#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// Floats that hold their own place: x, y and 0, in shares of 256.
inline Sample own_places(int side) {
  Sample sample;
  sample.image = cv::Mat(side, side, CV_32FC3);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      sample.image.at<cv::Vec3f>(y, x) = {static_cast<float>(x) / 256, static_cast<float>(y) / 256, 0};
  return sample;
}

/// How far the pixel at (x, y) has come in such an image.
inline cv::Point came_from(const cv::Mat& places, int x, int y) {
  const cv::Vec3f at = places.at<cv::Vec3f>(y, x) * 256;
  return {static_cast<int>(std::lround(at[0])) - x, static_cast<int>(std::lround(at[1])) - y};
}

}  // namespace doppel::augment
