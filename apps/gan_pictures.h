// What generators give, as pictures.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/nn/graph.h"

namespace doppel::apps {

/// One picture of numbers in [-1, 1], channel by channel, as 8-bit pixels.
cv::Mat picture_of(std::span<const float> values, const nn::Shape& shape);

}  // namespace doppel::apps
