// Bilinear scaling of bytes across by permutations of 64 bytes. To be called where has_vbmi() only; it does
// what scale_across() does, bit for bit.
#pragma once

#include <cstdint>
#include <span>

#include "base/pooled_vector.h"

namespace doppel::augment {

/// Eight output pixels of 3 or 4 channels, whose sources lie within 64 bytes.
struct alignas(64) ScaleEight {
  static constexpr int kPixels = 8;
  std::uint8_t left[64] = {};    ///< per number, in every second byte: which of them is the left neighbour
  std::int16_t shares[32] = {};  ///< per number: the share of the right one, in 15 bits
  std::uint64_t inside = 0;      ///< which of them are the row's
  int base = 0;                  ///< where in the row they begin
};

/// Eights for the pixels from `begin` on, as many as are whole before `end`. Pixel x lies between the one at
/// byte first[x] and the next, by the share shares[4 x]; all are in a row of `bytes` bytes.
PooledVector<ScaleEight> scale_eights(const int* first, const std::int16_t* shares, int begin, int end,
                                      int channels, int bytes);

/// out = those pixels, times 128.
void scale_across_wide(const std::uint8_t* row, std::span<const ScaleEight> eights, int channels,
                       std::int16_t* out);

}  // namespace doppel::augment
