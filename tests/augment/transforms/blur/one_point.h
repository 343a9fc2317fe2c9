// What filters make of a point.
#pragma once

#include <opencv2/core.hpp>

#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// Floats of one channel: `ground`, but for `level` in the middle. `side` is odd.
inline Sample one_point(int side, float level = 1, float ground = 0) {
  Sample sample;
  sample.image = cv::Mat(side, side, CV_32FC1, cv::Scalar(ground));
  sample.image.at<float>(side / 2, side / 2) = level;
  return sample;
}

}  // namespace doppel::augment
