// The larger or the smaller of two rows of bytes.
#pragma once

#include <cstdint>

namespace doppel::augment {

enum class Extreme { Largest, Smallest };

/// out[i] = the extreme of a[i] and b[i]; `out` may be either of them, or begin before both.
void extreme_row(Extreme which, const std::uint8_t* a, const std::uint8_t* b, int n, std::uint8_t* out);

}  // namespace doppel::augment
