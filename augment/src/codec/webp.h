#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// To 8-bit RGB or RGBA. Throws Error: truncated, damaged, or larger than `max_pixels`.
cv::Mat decode_webp(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
