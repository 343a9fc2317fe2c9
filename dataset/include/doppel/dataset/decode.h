// Encoded pictures to pixels and back.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel::dataset {

/// What a header may ask for before it's refused.
struct DecodeLimits {
  long pixels = 1L << 28;  ///< 16384 x 16384
};

/// Decodes JPEG, PNG or WebP, told apart by their first bytes, to 8-bit grey, RGB or RGBA. Throws Error: not
/// a picture, truncated, or larger than the limits (found in the header, before memory is taken).
cv::Mat decode_image(std::span<const unsigned char> bytes, const DecodeLimits& limits = {});

/// Encodes 8-bit grey, RGB or RGBA as PNG.
std::vector<unsigned char> encode_png(const cv::Mat& image);
void write_png(const std::filesystem::path& path, const cv::Mat& image);

}  // namespace doppel::dataset
