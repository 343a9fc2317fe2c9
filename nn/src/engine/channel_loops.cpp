#include "channel_loops.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/channel_loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

constexpr int kMostBlock = 16;

template <int kBlock, class A, class B>
void DotsOf(const ChannelLayout& l, const A* HWY_RESTRICT a, const B* HWY_RESTRICT b,
            float* HWY_RESTRICT sums) {
  // Planes are summed as many numbers wide, the same each time.
  constexpr int kWide = kBlock == 1 ? kMostBlock : kBlock;
  const int count = l.pixels * kBlock;
  for (int plane = 0; plane < l.rows * l.groups; ++plane, sums += kBlock, a += count, b += count) {
    float wide[kWide] = {};
    int i = 0;
    for (; i + kWide <= count; i += kWide)
      for (int c = 0; c < kWide; ++c) wide[c] += static_cast<float>(a[i + c]) * static_cast<float>(b[i + c]);
    for (int c = 0; i + c < count; ++c)
      wide[c] += static_cast<float>(a[i + c]) * static_cast<float>(b[i + c]);
    if (kBlock == 1)
      for (int c = 1; c < kWide; ++c) wide[0] += wide[c];
    for (int c = 0; c < kBlock; ++c) sums[c] = wide[c];
  }
}
void ChannelDots(const ChannelLayout& l, const Numbers& a, const Numbers& b, float* sums) {
  Typed(a, b, [&](auto* pa, auto* pb) {
    if (l.block == 16)
      DotsOf<16>(l, pa, pb, sums);
    else if (l.block == 8)
      DotsOf<8>(l, pa, pb, sums);
    else
      DotsOf<1>(l, pa, pb, sums);
  });
}

/// So many pixels of a row are normalised together: their channels stay in a cache.
constexpr int kTilePixels = 16;
constexpr int kTile = kTilePixels * kMostBlock;

/// A tile's place and size in numbers, within each group of channels.
struct Tile {
  std::size_t first;
  int pixels, numbers;
};

/// Sums of each pixel's `block` numbers, times `share`, given back to all of them.
HWY_INLINE void OverBlocks(const Tile& tile, int block, float share, float* HWY_RESTRICT sums) {
  for (int p = 0; p < tile.pixels; ++p) {
    float* of_pixel = sums + p * block;
    float sum = 0;
    for (int c = 0; c < block; ++c) sum += of_pixel[c];
    for (int c = 0; c < block; ++c) of_pixel[c] = sum * share;
  }
}

template <class Body>
HWY_INLINE void EachTile(const ChannelLayout& l, const Body& body) {
  const int wide = l.block == 1 ? kTile : kTilePixels;
  for (int r = 0; r < l.rows; ++r)
    for (int p = 0; p < l.pixels; p += wide) {
      const int pixels = std::min(wide, l.pixels - p);
      body(static_cast<std::size_t>(r),
           Tile{static_cast<std::size_t>(p) * static_cast<std::size_t>(l.block), pixels, pixels * l.block},
           p);
    }
}

void PixelNormForward(const ChannelLayout& l, const PixelNorm& norm, const float* all, float* out,
                      float* mean, float* inverse) {
  const std::size_t group = static_cast<std::size_t>(l.pixels) * static_cast<std::size_t>(l.block);
  const float share = 1.F / static_cast<float>(norm.channels);
  EachTile(l, [&](std::size_t r, const Tile& tile, int pixel) {
    const std::size_t begin = r * static_cast<std::size_t>(l.groups) * group + tile.first;
    const int n = tile.numbers;
    float m[kTile], v[kTile];
    std::fill_n(m, n, 0.F);
    std::fill_n(v, n, 0.F);
    for (int g = 0; g < l.groups; ++g) {
      const float* HWY_RESTRICT x = all + begin + static_cast<std::size_t>(g) * group;
      for (int i = 0; i < n; ++i) m[i] += x[i];
    }
    OverBlocks(tile, l.block, share, m);
    for (int g = 0; g < l.groups; ++g) {
      const float* HWY_RESTRICT x = all + begin + static_cast<std::size_t>(g) * group;
      const float* HWY_RESTRICT real = norm.real + g * l.block;
      for (int i = 0; i < n; i += l.block)
        for (int c = 0; c < l.block; ++c) v[i + c] += real[c] * (x[i + c] - m[i + c]) * (x[i + c] - m[i + c]);
    }
    OverBlocks(tile, l.block, share, v);
    for (int i = 0; i < n; ++i) v[i] = 1.F / std::sqrt(v[i] + norm.epsilon);
    for (int g = 0; g < l.groups; ++g) {
      const float* HWY_RESTRICT x = all + begin + static_cast<std::size_t>(g) * group;
      float* HWY_RESTRICT y = out + begin + static_cast<std::size_t>(g) * group;
      const float *gamma = norm.gamma + g * l.block, *beta = norm.beta + g * l.block;
      for (int i = 0; i < n; i += l.block)
        for (int c = 0; c < l.block; ++c) y[i + c] = (x[i + c] - m[i + c]) * v[i + c] * gamma[c] + beta[c];
    }
    const std::size_t at = r * static_cast<std::size_t>(l.pixels) + static_cast<std::size_t>(pixel);
    for (int p = 0; p < tile.pixels; ++p) {
      mean[at + static_cast<std::size_t>(p)] = m[p * l.block];
      inverse[at + static_cast<std::size_t>(p)] = v[p * l.block];
    }
  });
}

/// dx = inverse · (g - mean(g) - xhat · mean(g · xhat)), g = gamma · dy, means over a pixel's channels.
void PixelNormBackward(const ChannelLayout& l, const PixelNorm& norm, const float* all_x, const float* all_dy,
                       const float* mean, const float* inverse, float* all_dx, float* dgamma, float* dbeta) {
  const std::size_t group = static_cast<std::size_t>(l.pixels) * static_cast<std::size_t>(l.block);
  const float share = 1.F / static_cast<float>(norm.channels);
  EachTile(l, [&](std::size_t r, const Tile& tile, int pixel) {
    const std::size_t begin = r * static_cast<std::size_t>(l.groups) * group + tile.first,
                      at = r * static_cast<std::size_t>(l.pixels) + static_cast<std::size_t>(pixel);
    const int n = tile.numbers;
    float m[kTile], v[kTile], sum[kTile], dot[kTile];
    for (int i = 0; i < n; ++i) {
      m[i] = mean[at + static_cast<std::size_t>(i / l.block)];
      v[i] = inverse[at + static_cast<std::size_t>(i / l.block)];
      sum[i] = dot[i] = 0;
    }
    for (int g = 0; g < l.groups; ++g) {
      const float* HWY_RESTRICT x = all_x + begin + static_cast<std::size_t>(g) * group;
      const float* HWY_RESTRICT dy = all_dy + begin + static_cast<std::size_t>(g) * group;
      const float* gamma = norm.gamma + g * l.block;
      float db[kMostBlock] = {}, dg[kMostBlock] = {};
      for (int i = 0; i < n; i += l.block)
        for (int c = 0; c < l.block; ++c) {
          const float xhat = (x[i + c] - m[i + c]) * v[i + c];
          db[c] += dy[i + c];
          dg[c] += dy[i + c] * xhat;
          sum[i + c] += gamma[c] * dy[i + c];
          dot[i + c] += gamma[c] * dy[i + c] * xhat;
        }
      for (int c = 0; c < l.block; ++c) {
        dbeta[g * l.block + c] += db[c];
        dgamma[g * l.block + c] += dg[c];
      }
    }
    if (!all_dx) return;
    OverBlocks(tile, l.block, share, sum);
    OverBlocks(tile, l.block, share, dot);
    for (int g = 0; g < l.groups; ++g) {
      const float* HWY_RESTRICT x = all_x + begin + static_cast<std::size_t>(g) * group;
      const float* HWY_RESTRICT dy = all_dy + begin + static_cast<std::size_t>(g) * group;
      float* HWY_RESTRICT dx = all_dx + begin + static_cast<std::size_t>(g) * group;
      const float *gamma = norm.gamma + g * l.block, *real = norm.real + g * l.block;
      for (int i = 0; i < n; i += l.block)
        for (int c = 0; c < l.block; ++c) {
          const float xhat = (x[i + c] - m[i + c]) * v[i + c];
          dx[i + c] = real[c] * v[i + c] * (gamma[c] * dy[i + c] - sum[i + c] - xhat * dot[i + c]);
        }
    }
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(ChannelDots);
HWY_EXPORT(PixelNormForward);
HWY_EXPORT(PixelNormBackward);

void channel_dots(const ChannelLayout& layout, Numbers a, Numbers b, float* sums) {
  HWY_DYNAMIC_DISPATCH(ChannelDots)(layout, a, b, sums);
}
void pixel_norm(const ChannelLayout& layout, const PixelNorm& norm, const float* x, float* y, float* mean,
                float* inverse) {
  HWY_DYNAMIC_DISPATCH(PixelNormForward)(layout, norm, x, y, mean, inverse);
}
void pixel_norm_backward(const ChannelLayout& layout, const PixelNorm& norm, const float* x, const float* dy,
                         const float* mean, const float* inverse, float* dx, float* dgamma, float* dbeta) {
  HWY_DYNAMIC_DISPATCH(PixelNormBackward)(layout, norm, x, dy, mean, inverse, dx, dgamma, dbeta);
}

}  // namespace doppel::nn::engine
#endif
