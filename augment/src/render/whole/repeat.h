// Enlarging without smoothing.
#pragma once

#include <opencv2/core/mat.hpp>

namespace doppel::augment {

/// Every pixel of `out` is its nearest of `small`, as cv::resize's INTER_NEAREST has it; a row that repeats
/// is copied.
void repeat_pixels(const cv::Mat& small, cv::Mat& out);

}  // namespace doppel::augment
