#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// What the line of text before a PGM's or PPM's pixels says.
struct PortableMapHeader {
  cv::Size size;
  int channels = 3;
  long most = 255;         ///< the number that is white, up to 65535: above 255 a number takes two bytes
  std::size_t pixels = 0;  ///< where they begin
};

/// Throws Error: a bad header, or more than `max_pixels`.
PortableMapHeader portable_map_header(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
