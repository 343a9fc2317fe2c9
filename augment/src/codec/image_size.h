#pragma once

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel {

/// Throws Error where a header asks for nothing, or for more than `max_pixels`, or than 16 times as many
/// bytes.
inline void check_size(long width, long height, long max_pixels, long bytes_of_a_pixel = 1) {
  constexpr long kUsual = 16;
  if (width < 1 || height < 1)
    throw Error(fmt::format("{}x{} pixels, where an image has one at least", width, height));
  if (width > max_pixels / height)
    throw Error(fmt::format("{}x{} pixels are more than the limit of {}", width, height, max_pixels));
  if (bytes_of_a_pixel > kUsual && width * height > max_pixels * kUsual / bytes_of_a_pixel)
    throw Error(fmt::format("{}x{} pixels of {} bytes are more than the limit of {}", width, height,
                            bytes_of_a_pixel, max_pixels * kUsual / bytes_of_a_pixel));
}

}  // namespace doppel
