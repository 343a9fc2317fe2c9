// Interleaved 8-bit pixels by permutations of 64 bytes. To be called where has_vbmi() only; each does what
// the portable kernel of the same task does, bit for bit.
#pragma once

#include <array>
#include <cstdint>

namespace doppel::augment {

/// out[i] = in[n - 1 - i] for n pixels of 1, 2, 3, 4, 6 or 8 bytes. Not in place.
void reverse_pixels_wide(const std::uint8_t* in, int n, int bytes, std::uint8_t* out);

/// Channel c of each of n RGB pixels from its channel from[c]. In place where in == out.
void permute_channels_wide(const std::uint8_t* in, int n, const std::array<int, 3>& from, std::uint8_t* out);

/// Whole sixteens of n RGB pixels to planes: out[c][i] = scale[c] · byte + offset[c]. Returns how many pixels
/// it did.
int split_wide(const std::uint8_t* pixels, int n, const float* scale, const float* offset, float* const* out);

/// Whole sixteens of n RGB pixels from planes in [0, 1], rounded half to even and clamped. Returns how many.
int join_wide(const float* const* planes, int n, std::uint8_t* out);

/// apply_matrix() for whole thirty-twos of n pixels: weights of 15 - k bits, offsets with the rounding in
/// them. Returns how many pixels it did.
int matrix_wide(const std::int16_t* weight, const std::int16_t* offset, int k, bool gray,
                const std::uint8_t* in, int n, std::uint8_t* out);

}  // namespace doppel::augment
