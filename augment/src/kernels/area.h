// Sums of neighbouring rows and pixels with given weights: what shrinking by areas is made of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace doppel::augment {

/// Numbers that read_pixels may read beyond the last pixel of its row.
inline constexpr int kAreaPadding = 4;

/// out[i] = Σ weights[t] · rows[t][i] for i < n; `count` rows of bytes, of 16-bit numbers, or of floats.
void sum_byte_rows(const void* const* rows, const float* weights, int count, int n, float* out);
void sum_short_rows(const void* const* rows, const float* weights, int count, int n, float* out);
void sum_float_rows(const void* const* rows, const float* weights, int count, int n, float* out);

/// Pixel x = Σ weights[x · taps + t] · the pixel that starts at row + places[x · taps + t]. Rounded where
/// not floats.
void read_pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 std::uint8_t* out);
void read_pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 std::uint16_t* out);
void read_pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 float* out);

}  // namespace doppel::augment
