// Rows of pixels between their stored form (interleaved bytes or floats, or planes) and planar floats in [0,
// 1].
#pragma once

#include <array>
#include <cstdint>

namespace doppel::augment {

/// Colour planes from `n` interleaved 8-bit pixels of 1, 3 or 4 channels, as shares of 255; alpha is left
/// out.
void load_bytes(const std::uint8_t* pixels, int channels, int n, const std::array<float*, 3>& planes);
/// The same from 16-bit pixels, as shares of 65535.
void load_shorts(const std::uint16_t* pixels, int channels, int n, const std::array<float*, 3>& planes);
/// The same from float pixels, copied as they are.
void load_floats(const float* pixels, int channels, int n, const std::array<float*, 3>& planes);

/// What a number of an image is.
enum class NumberKind : unsigned char { U8, U16, F32 };
/// One channel of n interleaved pixels, as shares of the full range.
void load_band(const void* pixels, NumberKind kind, int channels, int channel, int n, float* out);

/// Interleaved bytes from planes in [0, 1], rounded half to even and clamped. With 4 channels alpha comes
/// from `alpha`, bytes a pixel apart.
void store_bytes(const std::array<float*, 3>& planes, const std::uint8_t* alpha, int channels, int n,
                 std::uint8_t* out);

/// out[i] = round(255 · clamp(v[i])): one plane of a CHW tensor of bytes.
void store_plane_bytes(const float* v, int n, std::uint8_t* out);
/// Interleaved 16-bit RGB from planes in [0, 1], rounded and clamped.
void store_short_colors(const std::array<float*, 3>& planes, int n, std::uint16_t* out);
/// out[i · step] = round(most · clamp(v[i])): bytes, or 16-bit numbers.
void store_plane_bytes(const float* v, int n, std::uint8_t* out, int step);
void store_plane_shorts(const float* v, int n, std::uint16_t* out, int step);
/// out[i · step] = scale · v[i] + offset.
void store_plane_floats(const float* v, int n, float scale, float offset, float* out, int step);
/// The same for a whole plane's row, around the caches: see copy_past_caches().
void store_plane_past_caches(const float* v, int n, float scale, float offset, float* out);
/// The same as bfloat16, rounded to even.
void store_plane_bf16(const float* v, int n, float scale, float offset, std::uint16_t* out, int step);
/// The same as IEEE's half, rounded to even; beyond its range infinite.
void store_plane_f16(const float* v, int n, float scale, float offset, std::uint16_t* out, int step);

/// Interleaved bytes straight to float planes: out[c][i] = scale[c] · byte + offset[c]. For 1, 3 or 4
/// channels.
void bytes_to_planes(const std::uint8_t* pixels, int channels, int n, const std::array<float, 4>& scale,
                     const std::array<float, 4>& offset, const std::array<float*, 4>& out);

/// Sum of `n` floats, as 64 interleaved partial sums: the same for every instruction set.
double sum_of(const float* v, int n);
/// Sums of n interleaved 8-bit pixels' channels.
std::array<std::uint64_t, 4> sums_of_bytes(const std::uint8_t* pixels, int channels, int n);

}  // namespace doppel::augment
