// Reading an image at places between its pixels: the inner loops of every warp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "doppel/base/geometry.h"

namespace doppel::augment {

/// The index that a border rule shows at place i of n, or -1 for a colour.
int border_index(int i, int n, Fill::Kind kind);

/// An image to read from. T is std::uint8_t, std::uint16_t or float; 1 to kMostChannels channels.
template <class T>
struct WarpSource {
  const T* pixels = nullptr;
  std::ptrdiff_t stride = 0;  ///< numbers from row to row
  int width = 0, height = 0, channels = 0;
  Fill::Kind border = Fill::Kind::Color;
  const T* color = nullptr;  ///< of each channel, where `border` is a colour
};

/// Most pixels of one call.
inline constexpr int kWarpBlock = 64;

/// Reads n <= 64 pixels at source places (u, v), in continuous coordinates (pixel i covers [i, i + 1)), into
/// `out`, interleaved. Bilinear weights have 15 bits for bytes. Places may lie anywhere, also at infinity or
/// nowhere (NaN).
void read_bilinear(const WarpSource<std::uint8_t>& source, const float* u, const float* v, int n,
                   std::uint8_t* out);
void read_bilinear(const WarpSource<std::uint16_t>& source, const float* u, const float* v, int n,
                   std::uint16_t* out);
void read_bilinear(const WarpSource<float>& source, const float* u, const float* v, int n, float* out);
/// Cubic convolution with a = -3/4 (Keys 1981; OpenCV's INTER_CUBIC).
void read_bicubic(const WarpSource<std::uint8_t>& source, const float* u, const float* v, int n,
                  std::uint8_t* out);
void read_bicubic(const WarpSource<std::uint16_t>& source, const float* u, const float* v, int n,
                  std::uint16_t* out);
void read_bicubic(const WarpSource<float>& source, const float* u, const float* v, int n, float* out);

/// Where nearest reading finds each place: the pixel's number y · width + x, or -1 for the border's colour.
void nearest_pixels(int width, int height, Fill::Kind border, const float* u, const float* v, int n,
                    std::int32_t* pixel);

/// Output pixel centres (first + i + 0.5, y + 0.5) through a projective map (row-major, output to source).
void map_row(const std::array<double, 9>& map, int first, int y, int n, float* u, float* v);
/// Any places through a map, in place.
void map_points(const std::array<double, 9>& map, int n, float* u, float* v);

}  // namespace doppel::augment
