// JPEG in memory, by libjpeg-turbo. Here and not in dataset, since a transform needs it too.
#pragma once

#include <limits>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel::augment {

/// Decodes to RGB or grey, 8 bits; CMYK becomes RGB. Throws Error for a damaged or truncated stream (libjpeg
/// would make up the missing pixels), and before memory is taken where the header asks for more than
/// `max_pixels`.
cv::Mat decode_jpeg(std::span<const unsigned char> bytes, long max_pixels = std::numeric_limits<long>::max());

/// Encodes 8-bit RGB or grey at `quality` 1 to 100, chroma 4:2:0.
std::vector<unsigned char> encode_jpeg(const cv::Mat& image, int quality);

}  // namespace doppel::augment
