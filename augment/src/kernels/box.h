// Means of square boxes of bytes by running sums of 16 bits.
#pragma once

#include <cstdint>

namespace doppel::augment {

/// The largest box whose sum fits 16 bits.
inline constexpr int kWidestBox = 15;

/// sums[i] += enters[i] - leaves[i]; `leaves` may be null.
void slide_sums(const std::uint8_t* enters, const std::uint8_t* leaves, int n, std::uint16_t* sums);

/// out[i] = round((sums[i] + sums[i + step] + … `size` of them) / size²), for columns' sums over `size` rows;
/// size is odd, at most kWidestBox.
void box_row(const std::uint16_t* sums, int step, int size, int n, std::uint8_t* out);

}  // namespace doppel::augment
