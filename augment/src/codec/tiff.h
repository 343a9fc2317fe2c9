// TIFF: its headers, and its pixels by a plug-in.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

#include "doppel/codec/image_depth.h"

namespace doppel {

/// What the directory of a TIFF's page says.
struct TiffForm {
  enum class Alpha { None, Straight, Premultiplied };
  enum class Numbers { Unsigned, Signed, Floating, Complex };
  cv::Size size;              ///< as stored
  std::size_t directory = 0;  ///< where it lies
  int bits = 8;               ///< of a channel
  Numbers numbers = Numbers::Unsigned;
  int orientation = 1, frames = 1;
  int colors = 3;  ///< 1 or 3 of the decoded image, or its bands
  Alpha alpha = Alpha::None;
  int depth = CV_8U;         ///< of the image as stored
  bool inverted = false;     ///< 0 is white
  std::vector<int> samples;  ///< those of a pixel that are taken as they are; none: they need converting
  int channels() const { return alpha == Alpha::None ? colors : 4; }
};

/// Throws Error: a header that makes no sense, no such page, or more than the most pixels.
TiffForm tiff_form(std::span<const unsigned char> bytes, const DecodeOptions& options);

/// A page, upright. In 8 bits grey, RGB or RGBA, of up to 16 the upper 8; as stored up to 64 bands, floats of
/// what is signed, floating or has more than 16 bits. Throws Error: more than the most pixels (found in the
/// header), damaged, of another kind of numbers, or the plug-in isn't installed.
cv::Mat decode_tiff(std::span<const unsigned char> bytes, const DecodeOptions& options);

}  // namespace doppel
