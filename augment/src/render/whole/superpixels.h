// SLIC: patches of near colour.
#pragma once

#include <opencv2/core/mat.hpp>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

cv::Mat superpixels(const cv::Mat& image, const op::Superpixels& op);

}  // namespace doppel::augment
