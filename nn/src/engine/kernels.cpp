#include "kernels.h"

#include <algorithm>
#include <cmath>

// Each target compiles this file once more; the compiler vectorises the plain loops for that target's
// registers.
// Plain C++, AVX2 and AVX-512 (NEON on Arm).
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

/// Planes are worked on as 16 interleaved sums, so that they vectorise without changing the order of
/// additions.
constexpr int kLanes = 16;

void AddTo(float* HWY_RESTRICT to, const float* HWY_RESTRICT from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
}

void AddBias(const ChannelLayout& l, int channels, const float* bias, float* HWY_RESTRICT y) {
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g)
      for (int p = 0; p < l.pixels; ++p, y += l.block)
        for (int b = 0; b < std::min(l.block, channels - g * l.block); ++b) y[b] += bias[g * l.block + b];
}

void BiasGradient(const ChannelLayout& l, int channels, const float* dy, float* HWY_RESTRICT db) {
  std::fill_n(db, channels, 0.F);
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g)
      for (int p = 0; p < l.pixels; ++p, dy += l.block)
        for (int b = 0; b < std::min(l.block, channels - g * l.block); ++b) db[g * l.block + b] += dy[b];
}

void Sum(float* HWY_RESTRICT to, const float* HWY_RESTRICT a, const float* HWY_RESTRICT b,
         std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = a[i] + b[i];
}

/// Sums of x - k and its square over one group's pixels, into kWidth floats each. kWidth is the format's
/// block; planes, which have one k for all, are summed kLanes wide.
template <int kWidth, bool kPlanes>
void PixelMoments(const float* HWY_RESTRICT x, int count, const float* k, float* HWY_RESTRICT sums,
                  float* HWY_RESTRICT squares) {
  float s[kWidth] = {}, q[kWidth] = {}, shift[kWidth];
  for (int c = 0; c < kWidth; ++c) shift[c] = k[kPlanes ? 0 : c];
  const int whole = count / kWidth * kWidth;
  for (int i = 0; i < whole; i += kWidth)
    for (int c = 0; c < kWidth; ++c) {
      const float d = x[i + c] - shift[c];
      s[c] += d;
      q[c] += d * d;
    }
  for (int i = whole; i < count; ++i) {  // planes only
    const float d = x[i] - shift[0];
    s[0] += d;
    q[0] += d * d;
  }
  for (int c = 0; c < kWidth; ++c) sums[c] = s[c], squares[c] = q[c];
}

/// The same for the backward sums: of d, and of d · (x - k), where d is first multiplied by the rectifier's
/// slope.
template <int kWidth, bool kPlanes>
void PixelGradSums(const float* HWY_RESTRICT x, const float* HWY_RESTRICT y, int count, const float* k,
                   float slope, float* HWY_RESTRICT d, float* HWY_RESTRICT sums, float* HWY_RESTRICT dots) {
  float s[kWidth] = {}, q[kWidth] = {}, shift[kWidth];
  for (int c = 0; c < kWidth; ++c) shift[c] = k[kPlanes ? 0 : c];
  const int whole = count / kWidth * kWidth;
  for (int i = 0; i < whole; i += kWidth)
    for (int c = 0; c < kWidth; ++c) {
      const float v = d[i + c] * (y[i + c] > 0 ? 1.F : slope);
      d[i + c] = v;
      s[c] += v;
      q[c] += v * (x[i + c] - shift[c]);
    }
  for (int i = whole; i < count; ++i) {
    d[i] *= y[i] > 0 ? 1.F : slope;
    s[0] += d[i];
    q[0] += d[i] * (x[i] - shift[0]);
  }
  for (int c = 0; c < kWidth; ++c) sums[c] = s[c], dots[c] = q[c];
}

void BnMoments(const ChannelLayout& l, const float* x, double* mean, double* m2) {
  const int width = l.block == 1 ? kLanes : l.block;
  const std::size_t group_floats = static_cast<std::size_t>(l.pixels) * l.block;
  for (int g = 0; g < l.groups; ++g) {
    const float* shift =
        x + g * group_floats;  // the first pixel: near the mean, so little is lost in the squares
    double sum[kLanes] = {}, square[kLanes] = {};
    for (int r = 0; r < l.rows; ++r) {
      float s[kLanes], q[kLanes];
      const float* row = x + (static_cast<std::size_t>(r) * l.groups + g) * group_floats;
      const int count = l.pixels * l.block;
      if (l.block == 8)
        PixelMoments<8, false>(row, count, shift, s, q);
      else if (l.block == 16)
        PixelMoments<16, false>(row, count, shift, s, q);
      else
        PixelMoments<kLanes, true>(row, count, shift, s, q);
      for (int c = 0; c < width; ++c) {
        sum[l.block == 1 ? 0 : c] += static_cast<double>(s[c]);
        square[l.block == 1 ? 0 : c] += static_cast<double>(q[c]);
      }
    }
    const double n = static_cast<double>(l.rows) * l.pixels;
    for (int c = 0; c < l.block; ++c) {
      mean[g * l.block + c] = static_cast<double>(shift[c]) + sum[c] / n;
      m2[g * l.block + c] = std::max(0.0, square[c] - sum[c] * sum[c] / n);
    }
  }
}

void BnApply(const ChannelLayout& l, const float* HWY_RESTRICT x, const float* scale, const float* shift,
             float slope, float* HWY_RESTRICT y) {
  const int n = l.pixels * l.block, width = l.block == 1 ? 1 : l.block;
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g, x += n, y += n) {
      const float *a = scale + g * l.block, *b = shift + g * l.block;
      if (width == 1) {
        for (int i = 0; i < n; ++i) {
          const float v = a[0] * x[i] + b[0];
          y[i] = std::max(v, 0.F) + slope * std::min(v, 0.F);
        }
      } else {
        for (int i = 0; i < n; i += width)
          for (int c = 0; c < width; ++c) {
            const float v = a[c] * x[i + c] + b[c];
            y[i + c] = std::max(v, 0.F) + slope * std::min(v, 0.F);
          }
      }
    }
}

void BnBackwardSums(const ChannelLayout& l, const float* x, const float* y, const float* center,
                    const float* inverse, float slope, float* dy, double* sum_dy, double* sum_dy_xhat) {
  const int n = l.pixels * l.block, width = l.block == 1 ? kLanes : l.block;
  for (int g = 0; g < l.groups; ++g) {
    const float *k = center + g * l.block, *inv = inverse + g * l.block;
    double sum[kLanes] = {}, dot[kLanes] = {};
    for (int r = 0; r < l.rows; ++r) {
      const std::size_t at = (static_cast<std::size_t>(r) * l.groups + g) * n;
      float s[kLanes], q[kLanes];
      if (l.block == 8)
        PixelGradSums<8, false>(x + at, y + at, n, k, slope, dy + at, s, q);
      else if (l.block == 16)
        PixelGradSums<16, false>(x + at, y + at, n, k, slope, dy + at, s, q);
      else
        PixelGradSums<kLanes, true>(x + at, y + at, n, k, slope, dy + at, s, q);
      for (int c = 0; c < width; ++c) {
        sum[l.block == 1 ? 0 : c] += static_cast<double>(s[c]);
        dot[l.block == 1 ? 0 : c] += static_cast<double>(q[c]);
      }
    }
    for (int c = 0; c < l.block; ++c) {
      sum_dy[g * l.block + c] = sum[c];
      sum_dy_xhat[g * l.block + c] = dot[c] * static_cast<double>(inv[c]);
    }
  }
}

void BnBackwardApply(const ChannelLayout& l, const float* HWY_RESTRICT x, const float* HWY_RESTRICT dy,
                     const float* center, const float* inverse, const float* scale, const float* grad_mean,
                     const float* grad_slope, float* HWY_RESTRICT dx) {
  const int n = l.pixels * l.block;
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g, x += n, dy += n, dx += n) {
      float a[kLanes], b[kLanes], e[kLanes];  // dx = a·dy + b·x + e
      for (int c = 0; c < l.block; ++c) {
        const int ch = g * l.block + c;
        a[c] = scale[ch];
        b[c] = -scale[ch] * inverse[ch] * grad_slope[ch];
        e[c] = -scale[ch] * grad_mean[ch] - b[c] * center[ch];
      }
      if (l.block == 1) {
        for (int i = 0; i < n; ++i) dx[i] = a[0] * dy[i] + b[0] * x[i] + e[0];
      } else {
        for (int i = 0; i < n; i += l.block)
          for (int c = 0; c < l.block; ++c) dx[i + c] = a[c] * dy[i + c] + b[c] * x[i + c] + e[c];
      }
    }
}

/// The part of a window that lies inside the input, as kernel rows or columns [first, last).
struct Span {
  int first, last;
};
Span InsideSpan(int out, int stride, int pad, int kernel, int size) {
  const int origin = out * stride - pad;
  return {std::max(0, -origin), std::min(kernel, size - origin)};
}

template <int kBlock>
void MaxPoolPlane(const SlidingWindow& w, const float* HWY_RESTRICT x, float* HWY_RESTRICT y,
                  unsigned char* HWY_RESTRICT which) {
  for (int oy = 0; oy < w.out_h; ++oy) {
    const Span rows = InsideSpan(oy, w.stride, w.top, w.kernel_h, w.in_h);
    for (int ox = 0; ox < w.out_w; ++ox, y += kBlock, which += kBlock) {
      const Span columns = InsideSpan(ox, w.stride, w.left, w.kernel_w, w.in_w);
      float best[kBlock];
      int place[kBlock];
      for (int c = 0; c < kBlock; ++c) best[c] = -3.4e38F, place[c] = 0;
      for (int ky = rows.first; ky < rows.last; ++ky)
        for (int kx = columns.first; kx < columns.last; ++kx) {
          const float* in =
              x + ((oy * w.stride - w.top + ky) * w.in_w + ox * w.stride - w.left + kx) * kBlock;
          const int k = ky * w.kernel_w + kx;
          for (int c = 0; c < kBlock; ++c) {
            const bool larger = in[c] > best[c];
            best[c] = larger ? in[c] : best[c];
            place[c] = larger ? k : place[c];
          }
        }
      for (int c = 0; c < kBlock; ++c) {
        y[c] = best[c];
        which[c] = static_cast<unsigned char>(place[c]);
      }
    }
  }
}

template <int kBlock>
void MaxPoolPlaneBackward(const SlidingWindow& w, const float* HWY_RESTRICT dy,
                          const unsigned char* HWY_RESTRICT which, float* HWY_RESTRICT dx) {
  std::fill_n(dx, static_cast<std::size_t>(w.in_h) * w.in_w * kBlock, 0.F);
  for (int oy = 0; oy < w.out_h; ++oy) {
    const Span rows = InsideSpan(oy, w.stride, w.top, w.kernel_h, w.in_h);
    for (int ox = 0; ox < w.out_w; ++ox, dy += kBlock, which += kBlock) {
      const Span columns = InsideSpan(ox, w.stride, w.left, w.kernel_w, w.in_w);
      int place[kBlock];
      for (int c = 0; c < kBlock; ++c) place[c] = which[c];
      for (int ky = rows.first; ky < rows.last; ++ky)
        for (int kx = columns.first; kx < columns.last; ++kx) {
          float* out = dx + ((oy * w.stride - w.top + ky) * w.in_w + ox * w.stride - w.left + kx) * kBlock;
          const int k = ky * w.kernel_w + kx;
          for (int c = 0; c < kBlock; ++c) out[c] += place[c] == k ? dy[c] : 0.F;
        }
    }
  }
}

/// The commonest window: 2x2 in steps of 2, all inside.
bool IsHalving(const SlidingWindow& w) {
  return w.kernel_h == 2 && w.kernel_w == 2 && w.stride == 2 && w.top == 0 && w.left == 0 &&
         w.in_h >= 2 * w.out_h && w.in_w >= 2 * w.out_w;
}

template <int kBlock>
void HalvePlane(const SlidingWindow& w, const float* HWY_RESTRICT x, float* HWY_RESTRICT y,
                unsigned char* HWY_RESTRICT which) {
  const int row = w.in_w * kBlock;
  for (int oy = 0; oy < w.out_h; ++oy) {
    const float* in = x + static_cast<std::ptrdiff_t>(2 * oy) * row;
    for (int ox = 0; ox < w.out_w; ++ox, in += 2 * kBlock, y += kBlock, which += kBlock)
      for (int c = 0; c < kBlock; ++c) {
        const float v0 = in[c], v1 = in[kBlock + c], v2 = in[row + c], v3 = in[row + kBlock + c];
        const float upper = v1 > v0 ? v1 : v0, lower = v3 > v2 ? v3 : v2;
        const int above = v1 > v0 ? 1 : 0, below = v3 > v2 ? 3 : 2;
        y[c] = lower > upper ? lower : upper;
        which[c] = static_cast<unsigned char>(lower > upper ? below : above);
      }
  }
}

template <int kBlock>
void HalvePlaneBackward(const SlidingWindow& w, const float* HWY_RESTRICT dy,
                        const unsigned char* HWY_RESTRICT which, float* HWY_RESTRICT dx) {
  const int row = w.in_w * kBlock;
  if (w.in_h != 2 * w.out_h || w.in_w != 2 * w.out_w)
    std::fill_n(dx, static_cast<std::size_t>(w.in_h) * w.in_w * kBlock, 0.F);
  for (int oy = 0; oy < w.out_h; ++oy) {
    float* out = dx + static_cast<std::ptrdiff_t>(2 * oy) * row;
    for (int ox = 0; ox < w.out_w; ++ox, out += 2 * kBlock, dy += kBlock, which += kBlock)
      for (int k = 0; k < 4; ++k) {
        float* at = out + (k / 2) * row + (k % 2) * kBlock;
        for (int c = 0; c < kBlock; ++c) at[c] = which[c] == k ? dy[c] : 0.F;
      }
  }
}

void MaxPool(const SlidingWindow& w, const ChannelLayout& l, const float* x, float* y, unsigned char* which) {
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w * l.block,
                    out = static_cast<std::size_t>(l.pixels) * l.block;
  for (int plane = 0; plane < l.rows * l.groups; ++plane, x += in, y += out, which += out) {
    if (l.block == 16 && IsHalving(w))
      HalvePlane<16>(w, x, y, which);
    else if (l.block == 8 && IsHalving(w))
      HalvePlane<8>(w, x, y, which);
    else if (l.block == 8)
      MaxPoolPlane<8>(w, x, y, which);
    else if (l.block == 16)
      MaxPoolPlane<16>(w, x, y, which);
    else
      MaxPoolPlane<1>(w, x, y, which);
  }
}

void MaxPoolBackward(const SlidingWindow& w, const ChannelLayout& l, const float* dy,
                     const unsigned char* which, float* dx) {
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w * l.block,
                    out = static_cast<std::size_t>(l.pixels) * l.block;
  for (int plane = 0; plane < l.rows * l.groups; ++plane, dx += in, dy += out, which += out) {
    if (l.block == 16 && IsHalving(w))
      HalvePlaneBackward<16>(w, dy, which, dx);
    else if (l.block == 8 && IsHalving(w))
      HalvePlaneBackward<8>(w, dy, which, dx);
    else if (l.block == 8)
      MaxPoolPlaneBackward<8>(w, dy, which, dx);
    else if (l.block == 16)
      MaxPoolPlaneBackward<16>(w, dy, which, dx);
    else
      MaxPoolPlaneBackward<1>(w, dy, which, dx);
  }
}

/// One kernel row of taps, up to kTaps at once, against eight neighbouring filters.
constexpr int kTaps = 5;
constexpr int kWide = 8;

template <int kCount>
HWY_INLINE void TapRow(const float* x, const float* dy, int count, int x_step, int dy_step, float* sums) {
  const HWY_CAPPED(float, kWide) d;
  constexpr int kParts = kWide / static_cast<int>(hwy::HWY_NAMESPACE::MaxLanes(d));
  for (int part = 0; part < kParts; ++part) {
    const int at = part * static_cast<int>(hwy::HWY_NAMESPACE::Lanes(d));
    hwy::HWY_NAMESPACE::Vec<decltype(d)> s[kCount];
    for (int k = 0; k < kCount; ++k) s[k] = hwy::HWY_NAMESPACE::LoadU(d, sums + k * kWide + at);
    const float* px = x;
    const float* pd = dy + at;
    for (int i = 0; i < count; ++i, px += x_step, pd += dy_step) {
      const auto v = hwy::HWY_NAMESPACE::LoadU(d, pd);
      for (int k = 0; k < kCount; ++k)
        s[k] = hwy::HWY_NAMESPACE::MulAdd(v, hwy::HWY_NAMESPACE::Set(d, px[k]), s[k]);
    }
    for (int k = 0; k < kCount; ++k) hwy::HWY_NAMESPACE::StoreU(s[k], d, sums + k * kWide + at);
  }
}

/// Adds one input plane's and one group of eight filters' taps: sums is [kh, kw, kWide].
void TapPlane(const SlidingWindow& w, const float* x, const float* dy, int dy_step, float* sums) {
  for (int ky = 0; ky < w.kernel_h; ++ky)
    for (int oy = 0; oy < w.out_h; ++oy) {
      const int iy = oy * w.stride - w.top + ky;
      if (iy < 0 || iy >= w.in_h) continue;
      const float* in = x + iy * w.in_w;
      const float* grad = dy + static_cast<std::ptrdiff_t>(oy) * w.out_w * dy_step;
      float* row_sums = sums + ky * w.kernel_w * kWide;
      // Where all taps of a row lie inside, they run together; at the edges one by one.
      const int first = std::min(w.out_w, (w.left + w.stride - 1) / w.stride);
      const int last = std::max(first, std::min(w.out_w, (w.in_w - w.kernel_w + w.left) / w.stride + 1));
      for (int kx = 0; kx < w.kernel_w;) {
        const float* base = in + first * w.stride - w.left + kx;
        const int taps = std::min(kTaps, w.kernel_w - kx);
        const float* g = grad + static_cast<std::ptrdiff_t>(first) * dy_step;
        if (taps == 5)
          TapRow<5>(base, g, last - first, w.stride, dy_step, row_sums + kx * kWide);
        else if (taps == 4)
          TapRow<4>(base, g, last - first, w.stride, dy_step, row_sums + kx * kWide);
        else if (taps == 3)
          TapRow<3>(base, g, last - first, w.stride, dy_step, row_sums + kx * kWide);
        else if (taps == 2)
          TapRow<2>(base, g, last - first, w.stride, dy_step, row_sums + kx * kWide);
        else
          TapRow<1>(base, g, last - first, w.stride, dy_step, row_sums + kx * kWide);
        kx += taps;
      }
      for (int ox = 0; ox < w.out_w; ++ox) {
        if (ox == first) ox = last;
        if (ox >= w.out_w) break;
        for (int kx = 0; kx < w.kernel_w; ++kx) {
          const int ix = ox * w.stride - w.left + kx;
          if (ix < 0 || ix >= w.in_w) continue;
          for (int c = 0; c < kWide; ++c)
            row_sums[kx * kWide + c] += in[ix] * grad[static_cast<std::ptrdiff_t>(ox) * dy_step + c];
        }
      }
    }
}

void ConvWeightGradFewInputs(const SlidingWindow& w, const ChannelLayout& l, int filters, int inputs,
                             const float* x, const float* dy, float* dw, float* db) {
  const int taps = w.kernel_h * w.kernel_w;
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w,
                    out = static_cast<std::size_t>(l.pixels) * l.block;
  float sums[32 * 32 * kWide];
  for (int filter = 0; filter < filters; filter += kWide) {
    const float* grad = dy + (filter / l.block) * out + filter % l.block;
    const int used = std::min(kWide, filters - filter);
    for (int i = 0; i < inputs; ++i) {
      std::fill_n(sums, taps * kWide, 0.F);
      for (int r = 0; r < l.rows; ++r)
        TapPlane(w, x + (static_cast<std::size_t>(r) * inputs + i) * in, grad + r * out * l.groups, l.block,
                 sums);
      for (int f = 0; f < used; ++f)
        for (int t = 0; t < taps; ++t)
          dw[(static_cast<std::size_t>(filter + f) * inputs + i) * taps + t] = sums[t * kWide + f];
    }
    if (!db) continue;
    float total[kWide] = {};
    for (int r = 0; r < l.rows; ++r)
      for (int p = 0; p < l.pixels; ++p)
        for (int c = 0; c < kWide; ++c)
          total[c] += grad[r * out * l.groups + static_cast<std::size_t>(p) * l.block + c];
    for (int f = 0; f < used; ++f) db[filter + f] = total[f];
  }
}

void SgdUpdate(float* HWY_RESTRICT w, const float* HWY_RESTRICT g, float* HWY_RESTRICT v, std::size_t count,
               const SgdScalars& scalars) {
  const SgdScalars s = scalars;
  const float now = s.nesterov ? s.rate : 0, moved = s.nesterov ? s.rate * s.momentum : s.rate;
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = s.scale * g[i] + s.pull * w[i];
    v[i] = s.momentum * v[i] + gradient;
    w[i] = w[i] - moved * v[i] - now * gradient;
  }
}

void RmsPropUpdate(float* HWY_RESTRICT w, const float* HWY_RESTRICT g, float* HWY_RESTRICT m,
                   float* HWY_RESTRICT v, std::size_t count, const RmsPropScalars& scalars) {
  const RmsPropScalars s = scalars;
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = s.scale * g[i] + s.pull * w[i];
    v[i] = s.keep * v[i] + (1 - s.keep) * gradient * gradient;
    m[i] = s.momentum * m[i] + gradient / (std::sqrt(v[i]) + s.epsilon);
    w[i] -= s.rate * m[i];
  }
}

void AdamUpdate(float* HWY_RESTRICT w, const float* HWY_RESTRICT g, float* HWY_RESTRICT m,
                float* HWY_RESTRICT v, std::size_t count, const AdamScalars& scalars) {
  const AdamScalars s = scalars;
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = s.scale * g[i] + s.pull * w[i];
    m[i] = s.beta1 * m[i] + (1 - s.beta1) * gradient;
    v[i] = s.beta2 * v[i] + (1 - s.beta2) * gradient * gradient;
    w[i] = w[i] - s.shrink * w[i] - s.rate * m[i] / (std::sqrt(v[i]) + s.epsilon);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(AddTo);
HWY_EXPORT(Sum);
HWY_EXPORT(AddBias);
HWY_EXPORT(BiasGradient);
HWY_EXPORT(BnMoments);
HWY_EXPORT(BnApply);
HWY_EXPORT(BnBackwardSums);
HWY_EXPORT(BnBackwardApply);
HWY_EXPORT(MaxPool);
HWY_EXPORT(MaxPoolBackward);
HWY_EXPORT(ConvWeightGradFewInputs);
HWY_EXPORT(SgdUpdate);
HWY_EXPORT(RmsPropUpdate);
HWY_EXPORT(AdamUpdate);

void add_to(float* to, const float* from, std::size_t count) { HWY_DYNAMIC_DISPATCH(AddTo)(to, from, count); }
void add_bias(const ChannelLayout& layout, int channels, const float* bias, float* y) {
  HWY_DYNAMIC_DISPATCH(AddBias)(layout, channels, bias, y);
}
void bias_gradient(const ChannelLayout& layout, int channels, const float* dy, float* db) {
  HWY_DYNAMIC_DISPATCH(BiasGradient)(layout, channels, dy, db);
}
void sum(float* to, const float* a, const float* b, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(Sum)(to, a, b, count);
}
void bn_moments(const ChannelLayout& layout, const float* x, double* mean, double* m2) {
  HWY_DYNAMIC_DISPATCH(BnMoments)(layout, x, mean, m2);
}
void bn_apply(const ChannelLayout& layout, const float* x, const float* scale, const float* shift,
              float slope, float* y) {
  HWY_DYNAMIC_DISPATCH(BnApply)(layout, x, scale, shift, slope, y);
}
void bn_backward_sums(const ChannelLayout& layout, const float* x, const float* y, const float* center,
                      const float* inverse, float slope, float* dy, double* sum_dy, double* sum_dy_xhat) {
  HWY_DYNAMIC_DISPATCH(BnBackwardSums)(layout, x, y, center, inverse, slope, dy, sum_dy, sum_dy_xhat);
}
void bn_backward_apply(const ChannelLayout& layout, const float* x, const float* dy, const float* center,
                       const float* inverse, const float* scale, const float* grad_mean,
                       const float* grad_slope, float* dx) {
  HWY_DYNAMIC_DISPATCH(BnBackwardApply)(layout, x, dy, center, inverse, scale, grad_mean, grad_slope, dx);
}
void max_pool(const SlidingWindow& window, const ChannelLayout& out, const float* x, float* y,
              unsigned char* which) {
  HWY_DYNAMIC_DISPATCH(MaxPool)(window, out, x, y, which);
}
void max_pool_backward(const SlidingWindow& window, const ChannelLayout& out, const float* dy,
                       const unsigned char* which, float* dx) {
  HWY_DYNAMIC_DISPATCH(MaxPoolBackward)(window, out, dy, which, dx);
}
void conv_weight_grad_few_inputs(const SlidingWindow& window, const ChannelLayout& out, int filters,
                                 int inputs, const float* x, const float* dy, float* dw, float* db) {
  HWY_DYNAMIC_DISPATCH(ConvWeightGradFewInputs)(window, out, filters, inputs, x, dy, dw, db);
}
void sgd_update(float* w, const float* g, float* v, std::size_t count, const SgdScalars& s) {
  HWY_DYNAMIC_DISPATCH(SgdUpdate)(w, g, v, count, s);
}
void rms_prop_update(float* w, const float* g, float* m, float* v, std::size_t count,
                     const RmsPropScalars& s) {
  HWY_DYNAMIC_DISPATCH(RmsPropUpdate)(w, g, m, v, count, s);
}
void adam_update(float* w, const float* g, float* m, float* v, std::size_t count, const AdamScalars& s) {
  HWY_DYNAMIC_DISPATCH(AdamUpdate)(w, g, m, v, count, s);
}

}  // namespace doppel::nn::engine
#endif
