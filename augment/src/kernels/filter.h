// Small 2-D filters over bytes, by their weights that aren't 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace doppel::augment {

/// One weight of a filter: where it reads, as numbers from the output's own, and its value in 15 - k bits.
struct FilterTap {
  std::ptrdiff_t offset = 0;
  std::int16_t weight = 0;
};

/// Numbers of the filter's canvas are bytes times 128.
inline constexpr int kCanvasShift = 7;

/// out[i] = bytes[i] · 128.
void widen_row(const std::uint8_t* bytes, int n, std::int16_t* out);

/// out[i] = clamp(round(sum of weight · canvas[i + offset])) for n bytes, the weights' sum of absolutes being
/// at most 2^k.
void filter_row(const std::int16_t* canvas, std::span<const FilterTap> taps, int k, int n, std::uint8_t* out);

/// A number that two rows read: the upper one's weight and the lower one's.
struct PairTap {
  std::ptrdiff_t offset = 0;
  std::int16_t upper = 0, lower = 0;
};
/// filter_row() of a row and of the one below it, whose canvas begins `step` numbers later, with each number
/// read once. `upper`, `lower` and `both` are `taps` by who reads them.
struct RowPair {
  std::span<const FilterTap> taps, upper, lower;
  std::span<const PairTap> both;
  std::ptrdiff_t step = 0;
};
void filter_two_rows(const std::int16_t* canvas, const RowPair& pair, int k, int n, std::uint8_t* out,
                     std::uint8_t* below);
/// The same without rounding to bytes, for weights that sum to at most 1 and aren't negative: one half of a
/// separable filter.
void filter_row(const std::int16_t* canvas, std::span<const FilterTap> taps, int n, std::int16_t* out);

}  // namespace doppel::augment
