// TIFF: its headers, and its pixels by a plug-in.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel {

/// What the first directory of a TIFF says.
struct TiffForm {
  enum class Alpha { None, Straight, Premultiplied };
  enum class Numbers { Unsigned, Signed, Floating };
  cv::Size size;  ///< as stored
  int bits = 8;   ///< of a channel
  Numbers numbers = Numbers::Unsigned;
  int orientation = 1, frames = 1;
  int colors = 3;  ///< 1 or 3, of the decoded image
  Alpha alpha = Alpha::None;
  bool inverted = false;     ///< 0 is white
  std::vector<int> samples;  ///< those of a pixel that are taken as they are; none: they need converting
  int channels() const { return alpha == Alpha::None ? colors : 4; }
};

/// Throws Error: a header that makes no sense, or more than `max_pixels`.
TiffForm tiff_form(std::span<const unsigned char> bytes, long max_pixels);

/// The first image, upright, as 8-bit grey, RGB or RGBA; 16 bits are cut to 8. Throws Error: more than
/// `max_pixels` (found in the header), damaged, of another kind of numbers, or the plug-in isn't installed.
cv::Mat decode_tiff(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
