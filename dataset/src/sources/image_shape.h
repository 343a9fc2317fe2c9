// Which axis of an array of images is what.
#pragma once

#include <cstdint>
#include <optional>

#include "array.h"

namespace doppel::dataset {

/// One image of an array [N, H, W], [N, H, W, C] or [N, C, H, W].
struct ImageShape {
  int height = 0, width = 0, channels = 1;
  bool planes = false;  ///< a channel behind the other
  /// Channels are 1, 3 or 4. `labels`: how many there are, where they are known: [N, H, W] with a last
  /// axis of 1, 3 or 4 is that only where N is their number. Throws Error, which begins with the array's
  /// name and says both readings where there are two.
  static ImageShape of(const ArrayFacts& array, std::optional<std::uint64_t> labels);
};

}  // namespace doppel::dataset
