// Medians of 3x3 and 5x5 bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace doppel::augment {

/// out[i] = the median of the size x size numbers around place i, for n places. `around` is the uppermost of
/// `size` rows, `step` apart, and the leftmost of its numbers; neighbours lie `channels` apart. `size` is 3
/// or 5. `scratch` has room for size · (n + (size - 1) · channels) numbers.
void median_row(const std::uint8_t* around, std::ptrdiff_t step, int size, int channels, int n,
                std::uint8_t* scratch, std::uint8_t* out);

}  // namespace doppel::augment
