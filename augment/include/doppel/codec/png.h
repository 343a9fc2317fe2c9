// PNG: images, and masks of class or instance numbers.
#pragma once

#include <array>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

#include "doppel/codec/image_depth.h"

namespace doppel {

/// To grey, RGB or RGBA, upright: palettes are looked up, transparency makes RGBA. Of 16 bits, `depth` Eight
/// gives the upper 8, and AsStored all; those of which a chunk sBIT says that fewer count are scaled, so that
/// the largest is 65535. Throws Error: truncated, damaged, or larger than `max_pixels` (found in the header,
/// before memory is taken).
cv::Mat decode_png(std::span<const unsigned char> bytes, long max_pixels = 1L << 28,
                   ImageDepth depth = ImageDepth::Eight);

/// Encodes grey, RGB or RGBA of 8 or 16 bits. Throws Error for other numbers of channels, for floats and
/// for sides that no PNG has.
std::vector<unsigned char> encode_png(const cv::Mat& image);
/// To a file, as write_file() does. Throws Error with the reason.
void write_png(const std::filesystem::path& path, const cv::Mat& image);

/// Class or instance numbers: grey (CV_8U; 16 bits: CV_32S) or the indices of a palette (CV_8U);
/// upright, where the mask's own EXIF says so. Throws Error for colour.
cv::Mat decode_mask(std::span<const unsigned char> bytes, long max_pixels = 1L << 28);
/// What decode_mask() reads: 8 bits from CV_8U, 16 from CV_32S. Throws Error for numbers beyond 65535.
std::vector<unsigned char> encode_mask(const cv::Mat& mask);
/// Red, green and blue.
using PaletteColor = std::array<unsigned char, 3>;
/// The same with a colour for each number, as which viewers show it: CV_8U and 1 to 256 colours. Throws Error
/// for a number that has none.
std::vector<unsigned char> encode_mask(const cv::Mat& mask, std::span<const PaletteColor> palette);

}  // namespace doppel
