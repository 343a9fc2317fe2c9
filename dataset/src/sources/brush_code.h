// Label Studio's code of what was drawn with a brush.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/base/fields.h"

namespace doppel::dataset {

/// Reads the code of an RGBA image of this size; returns its alpha (CV_8U). A bit stream: how many bytes
/// the image has (32 bits), the bits of a byte less one (5), four lengths less one (4 each); then blocks: 1
/// for a repeated byte or 0 for bytes as they are, which of the four lengths (2), how many less one in so
/// many bits, and the byte or bytes. Throws Error where it ends early or is of another size.
cv::Mat brush_alpha(std::span<const unsigned char> code, Size size);

}  // namespace doppel::dataset
