// Formats that a plug-in decodes.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// A BMP or TIFF as 8-bit grey, RGB or RGBA; 16 bits are cut to 8. Throws Error: more than `max_pixels`
/// (found in the header), damaged, of another kind of numbers, or the plug-in isn't installed.
cv::Mat decode_other_format(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
