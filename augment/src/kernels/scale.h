// Bilinear scaling of bytes along the axes: across into 16 bits, then down.
#pragma once

#include <cstdint>
#include <span>

#include "wide_scale.h"

namespace doppel::augment {

/// Numbers beyond the last pixel that scale_across may write.
inline constexpr int kScalePadding = 8;

/// What `width` output pixels read of a row: bytes at `first` and at `second`, four times the share of the
/// second in 15 bits. In [begin, end) the second pixel follows the first, and 8 bytes can be read; `eights`
/// are those pixels from `begin` on, none where the processor can't.
struct ScaleTaps {
  const int *first = nullptr, *second = nullptr;
  const std::int16_t* shares = nullptr;
  int width = 0, begin = 0, end = 0;
  std::span<const ScaleEight> eights = {};
};

/// out = the row's pixels of 3 or 4 channels, scaled, times 128.
void scale_across(const std::uint8_t* row, const ScaleTaps& taps, int channels, std::int16_t* out);

/// out[i] = between two such rows, rounded; `share` of the second in 15 bits.
void scale_down(const std::int16_t* above, const std::int16_t* below, std::int16_t share, int n,
                std::uint8_t* out);

}  // namespace doppel::augment
