// Windows' bitmaps.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel {

/// What a BMP's headers say.
struct BmpForm {
  enum class Packing { Plain, RunLength8, RunLength4, Masks };
  cv::Size size;
  bool from_top = false;  ///< rows; else the lowest comes first
  int bits = 0;           ///< of a pixel
  Packing packing = Packing::Plain;
  std::array<std::uint32_t, 4> masks{};  ///< red's, green's, blue's and alpha's bits of a pixel, for Masks
  std::vector<cv::Vec3b> palette;        ///< RGB, as many as `bits` can name, for up to 8 bits
  std::size_t pixels = 0;                ///< where they begin
  bool has_alpha() const { return masks[3] != 0; }
  /// Of the decoded image: 1 where the palette is grey, 4 with alpha, else 3.
  int channels() const;
  /// Of the widest colour.
  int bits_of_a_channel() const;
};

/// Throws Error: a header that is cut off or makes no sense, or more than `max_pixels`.
BmpForm bmp_form(std::span<const unsigned char> bytes, long max_pixels);

/// To 8-bit grey, RGB or RGBA. 1, 2, 4, 8, 16, 24 and 32 bits a pixel, with a palette, run lengths or masks;
/// narrow colours are scaled so that their most is 255; alpha that is 0 everywhere counts as 255. Throws
/// Error: truncated, damaged, of another kind (a JPEG within), or larger than `max_pixels`.
cv::Mat decode_bmp(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
