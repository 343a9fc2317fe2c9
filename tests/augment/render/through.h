// Images through single ops.
#pragma once

#include <opencv2/core.hpp>

#include "doppel/augment/render/render.h"

namespace doppel::augment {

/// The image as one op leaves it.
inline cv::Mat through(const Op& op, const cv::Mat& image) { return render({size_of(image), {op}}, image); }

/// One colour everywhere, as floats.
inline cv::Mat flat_image(int height, int width, const cv::Scalar& color, int channels = 3) {
  return cv::Mat(height, width, CV_32FC(channels), color);
}

/// A grey ramp from 0 to 1 in one row of `n` pixels.
inline cv::Mat ramp_row(int n) {
  cv::Mat row(1, n, CV_32FC1);
  for (int x = 0; x < n; ++x) row.at<float>(0, x) = static_cast<float>(x) / static_cast<float>(n - 1);
  return row;
}

}  // namespace doppel::augment
