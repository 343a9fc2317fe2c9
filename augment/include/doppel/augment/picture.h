// Encoded pictures to pixels.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string>

namespace doppel::augment {

/// Decodes JPEG, PNG, WebP, binary PGM and PPM, and by a plug-in BMP and TIFF, told apart by their first
/// bytes, to 8-bit grey, RGB or RGBA. 16 bits are cut to 8. Throws Error: not a picture, truncated, or larger
/// than `max_pixels` (found in the header, before memory is taken).
cv::Mat decode_picture(std::span<const unsigned char> bytes, long max_pixels = 1L << 28);

/// The same from a file. Throws Error with the path.
cv::Mat read_picture(const std::string& path);

}  // namespace doppel::augment
