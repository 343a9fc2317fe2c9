// How factors of brightness, contrast and saturation are drawn.
#pragma once

#include <string_view>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

constexpr Bounds kFactor{0, 100};

inline double draw_factor(const Stream& stream, std::string_view purpose, const Range& range) {
  return stream.uniform(purpose, range.low, range.high);
}

}  // namespace doppel::augment
