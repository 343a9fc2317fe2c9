#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string_view>

#include "numbers.h"

namespace doppel {

/// What the text before a PGM's, PPM's, PAM's or PFM's pixels says.
struct PortableMapHeader {
  std::string_view name;  ///< "PGM or PPM", "PAM", "PFM"
  cv::Size size = {};
  int stored = 3;       ///< channels in the file
  bool alpha = false;   ///< the last of 2 or 4 is
  bool floats = false;  ///< a PFM
  long most = 255;      ///< the number that is white, up to 65535: above 255 a number takes two bytes
  ByteOrder order = ByteOrder::Big;
  std::size_t pixels = 0;  ///< where they begin
  /// Of the image: grey with alpha becomes RGBA.
  int channels() const { return alpha ? 4 : stored; }
  int depth() const { return floats ? CV_32F : most > 255 ? CV_16U : CV_8U; }
};

/// Throws Error: a bad header, or more than `max_pixels`.
PortableMapHeader portable_map_header(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
