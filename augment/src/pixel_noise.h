// Random numbers for pixels: functions of (seed, x, y, channel), so that any row can be computed alone.
#pragma once

#include <cstdint>
#include <span>

namespace doppel::augment {

/// Fills with 32-bit words: word i of row `row` of plane `plane` under `seed` (Philox4x32-10).
void random_words(std::uint64_t seed, int plane, int row, std::span<std::uint32_t> words);

/// Standard normal numbers of the same address: the inverse of the distribution by a table of 4096 cells with
/// linear interpolation (error below 2e-4 deviations; exact in the outermost cells).
void normal_row(std::uint64_t seed, int plane, int row, std::span<float> out);

/// Uniform in [0, 1).
inline float unit_float(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

}  // namespace doppel::augment
