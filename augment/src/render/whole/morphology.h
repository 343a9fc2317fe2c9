// Dilation and erosion by a disc.
#pragma once

#include <opencv2/core/mat.hpp>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// The largest or smallest value within the disc around each pixel; what's beyond the image doesn't count.
cv::Mat extremes(const cv::Mat& image, const op::Morphology& op);

}  // namespace doppel::augment
