// A sample that is one level all over.
#pragma once

#include <opencv2/core.hpp>

#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// `level` in [0, 1] in each channel, as floats.
inline Sample flat_sample(int height, int width, double level, int channels = 3) {
  Sample sample;
  sample.image = cv::Mat(height, width, CV_MAKETYPE(CV_32F, channels), cv::Scalar::all(level));
  return sample;
}

}  // namespace doppel::augment
