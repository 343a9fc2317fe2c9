// The largest or the smallest of several rows of bytes.
#pragma once

#include <cstdint>
#include <span>

namespace doppel::augment {

enum class Extreme { Largest, Smallest };

/// out[i] = the extreme of rows[0][i], rows[1][i] …; at least one row, each of n bytes apart from `out`.
void extreme_of_rows(Extreme which, std::span<const std::uint8_t* const> rows, int n, std::uint8_t* out);

}  // namespace doppel::augment
