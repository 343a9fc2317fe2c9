// Colour matrices over interleaved 8-bit RGB.
#pragma once

#include <array>
#include <cstdint>

namespace doppel::augment {

/// A 3x4 matrix in fixed point: weights of 15 - k bits, offsets in levels times 2^(7 - k).
struct ByteMatrix {
  std::array<std::int16_t, 9> weight{};
  std::array<std::int16_t, 3> offset{};
  int k = 0;
};

/// False where a row's weights are too large for 16 bits.
bool make_byte_matrix(const std::array<double, 12>& matrix, ByteMatrix& out);

/// pixel' = clamp(M · (r, g, b, 1)) for n pixels, within half a level of exact plus 1/16. In place where in
/// == out.
void apply_matrix(const ByteMatrix& matrix, const std::uint8_t* in, int n, std::uint8_t* out);

}  // namespace doppel::augment
