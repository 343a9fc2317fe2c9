// NumPy's .npy, an array that is an image.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/codec/image_depth.h"
#include "doppel/codec/npy_header.h"

namespace doppel {

struct NpyForm {
  NpyHeader header;
  cv::Size size;
  int channels = 1;
  bool planes = false;  ///< a channel behind the other
  int depth() const;
};

/// Of an array [H, W], [H, W, C] or [C, H, W]: channels are the axis that is shorter than both others. Throws
/// Error: damaged, of no numbers, of another shape, or more than the most pixels.
NpyForm npy_form(std::span<const unsigned char> bytes, const DecodeOptions& options);

/// Bytes stay bytes (of truths 0 and 255), unsigned 16-bit numbers 16 bits, and all other numbers become
/// floats as they are. Four channels are bands. Throws Error as above, and where numbers are missing or too
/// many.
cv::Mat decode_npy(std::span<const unsigned char> bytes, const DecodeOptions& options);

}  // namespace doppel
