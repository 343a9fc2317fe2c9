#pragma once

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel {

/// Throws Error where a header asks for nothing, or for more than `max_pixels`.
inline void check_size(long width, long height, long max_pixels) {
  if (width < 1 || height < 1)
    throw Error(fmt::format("{}x{} pixels, where an image has one at least", width, height));
  if (width > max_pixels / height)
    throw Error(fmt::format("{}x{} pixels are more than the limit of {}", width, height, max_pixels));
}

}  // namespace doppel
