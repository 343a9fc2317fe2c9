// Ops that need a neighbourhood or the whole picture, on 8-bit and float images alike.
#pragma once

#include <opencv2/core/mat.hpp>

#include "doppel/augment/op.h"

namespace doppel::augment {

/// Applies an op of kind Whole, or Pad. Float images are in [0, 1]. Alpha is padded and resized, else left
/// alone.
cv::Mat apply_whole(const Op& op, const cv::Mat& image);

/// The kernel of a LineBlur: odd size, sum 1, its centroid at its centre.
cv::Mat line_kernel(const op::LineBlur& blur);

}  // namespace doppel::augment
