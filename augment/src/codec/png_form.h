#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// What a PNG's header and chunks say.
struct PngForm {
  cv::Size size;     ///< upright
  int channels = 3;  ///< 1, 3 or 4, as decode_png() gives them
  int bits = 8;      ///< of a channel; of a palette's colours 8
  int orientation = 1, frames = 1;
};

/// Throws Error: a damaged header, or more than `max_pixels`.
PngForm png_form(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
