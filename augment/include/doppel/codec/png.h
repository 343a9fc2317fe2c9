// PNG: images, and masks of class or instance numbers.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel {

/// To 8-bit grey, RGB or RGBA, upright: 16 bits are cut to 8, palettes are looked up, transparency makes
/// RGBA. Throws Error: truncated, damaged, or larger than `max_pixels` (found in the header, before memory is
/// taken).
cv::Mat decode_png(std::span<const unsigned char> bytes, long max_pixels = 1L << 28);

/// Encodes grey (8 or 16 bits), RGB or RGBA.
std::vector<unsigned char> encode_png(const cv::Mat& image);
/// To a file, as write_file() does. Throws Error with the reason.
void write_png(const std::filesystem::path& path, const cv::Mat& image);

/// Class or instance numbers: grey (CV_8U; 16 bits: CV_32S) or the indices of a palette (CV_8U);
/// upright, where the mask's own EXIF says so. Throws Error for colour.
cv::Mat decode_mask(std::span<const unsigned char> bytes, long max_pixels = 1L << 28);
/// What decode_mask() reads: 8 bits from CV_8U, 16 from CV_32S. Throws Error for numbers beyond 65535.
std::vector<unsigned char> encode_mask(const cv::Mat& mask);

}  // namespace doppel
