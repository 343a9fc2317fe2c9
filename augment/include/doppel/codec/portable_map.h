// Binary PGM and PPM (netpbm's P5 and P6): a line of text, then the pixels.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// Grey or RGB. Where a number is one byte and 255 the most, the pixels are those of `bytes` themselves, not
/// a copy, and mustn't be written. Other maxima are scaled to 255. Throws Error where the header is bad, asks
/// for more than `max_pixels`, or pixels are missing.
cv::Mat portable_map(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
