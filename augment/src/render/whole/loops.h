// Loops over whole rows that filters share; T is std::uint8_t or float, full range 255 or 1.
#pragma once

#include <cstdint>

namespace doppel::augment {

/// An amount and a threshold for 8-bit pixels.
struct UnsharpLevels {
  /// `factor_of_difference` in ±32, `threshold` in [0, 1].
  UnsharpLevels(double factor_of_difference, double threshold);
  int amount = 0, amount_shift = 0;  ///< amount · 2^(amount_shift - 15)
  int low = 0, span = 1;             ///< where the share rises from 0, and over how much: 1/64 levels
  int span_shift = 0, factor = 0;    ///< 2^30 / (span · 2^span_shift)
};

/// out = x + amount · (x - g) · s, s rising from 0 at |x - g| = threshold / 2 to 1 at threshold.
void unsharp_row(const std::uint8_t* x, const std::uint8_t* g, const UnsharpLevels& levels, int n,
                 std::uint8_t* out);
void unsharp_row(const float* x, const float* g, float amount, float threshold, int n, float* out);

/// The length of Sobel's gradient, halved, at most 1: of the middle of three rows, each with one pixel more
/// at either end.
void sobel_row(const float* above, const float* row, const float* below, int width, float* out);

/// colors += share · (grey - colors), for each of 1 or 3 channels of interleaved colours.
void blend_grey_row(const float* grey, float share, int channels, int width, float* colors);

}  // namespace doppel::augment
