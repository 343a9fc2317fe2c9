// Small 2-D filters over bytes, by their weights that aren't 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace doppel::augment {

/// A byte that one of two rows reads, as bytes from the upper row's own place, and its weight times 2^(8 +
/// fraction).
struct FilterTap {
  std::ptrdiff_t place = 0;
  std::int16_t weight = 0;
};
/// A byte that both rows read.
struct PairTap {
  std::ptrdiff_t place = 0;
  std::int16_t upper = 0, lower = 0;
};
/// A filter's taps by which of two rows read them. Sums are kept with `fraction` bits below a level: the
/// absolute weights sum to at most 2^(7 - fraction).
struct RowPair {
  std::span<const FilterTap> upper, lower;
  std::span<const PairTap> both;
  int fraction = 0;
  int start = 0;  ///< filter_start() of either row's weights
};
/// What sums begin with: products are of bytes less 128, and rounded down.
int filter_start(int sum_of_weights, int taps, int fraction);

/// Numbers that may be read beyond n.
inline constexpr int kFilterPadding = 128;

/// Two rows of n bytes: clamp(round(sum of weight · byte)).
void filter_two_rows(const std::uint8_t* canvas, const RowPair& pair, int n, std::uint8_t* out,
                     std::uint8_t* below);

/// Levels between the passes of a symmetric separable filter: times 2^kBetween.
inline constexpr int kBetween = 6;

/// Across: out[i] = sum of weights[j] · (bytes[i - j · step] + bytes[i + j · step]), weights in 15 bits; the
/// first is the centre's. They sum to at most 1 and aren't negative.
void symmetric_across(const std::uint8_t* bytes, int step, std::span<const std::int16_t> weights, int n,
                      std::int16_t* out);
/// Down: rows[r] is the centre of 2r + 1 rows, r + 1 being the number of weights. Rounds to bytes.
void symmetric_down(const std::int16_t* const* rows, std::span<const std::int16_t> weights, int n,
                    std::uint8_t* out);

}  // namespace doppel::augment
