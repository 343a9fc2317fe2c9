// Windows that slide: max pooling, and the weight gradient of a first layer.
#include <algorithm>
#include <array>

#include "kernels.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/windows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

/// The part of a window that lies inside the input, as kernel rows or columns [first, last).
struct Span {
  int first, last;
};
Span InsideSpan(int out, int stride, int pad, int kernel, int size) {
  const int origin = out * stride - pad;
  return {std::max(0, -origin), std::min(kernel, size - origin)};
}

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
/// The largest of a window's numbers, and at which of its taps it is.
template <int kBlock, class T>
HWY_INLINE void LargestOf(const SlidingWindow& w, const T* HWY_RESTRICT x, const Span& rows,
                          const Span& columns, T* HWY_RESTRICT y, unsigned char* HWY_RESTRICT which) {
  const hn::CappedTag<float, kBlock> d;
  const hn::RebindToUnsigned<decltype(d)> d32;
  const hn::Rebind<unsigned char, decltype(d)> d8;
  for (std::size_t c = 0; c < kBlock; c += hn::Lanes(d)) {
    auto best = hn::Set(d, -3.4e38F);
    auto place = hn::Zero(d32);
    for (int ky = rows.first; ky < rows.last; ++ky)
      for (int kx = columns.first; kx < columns.last; ++kx) {
        const auto v = LoadFloats(d, x + (static_cast<std::ptrdiff_t>(ky) * w.in_w + kx) * kBlock + c);
        const auto larger = hn::Gt(v, best);
        best = hn::IfThenElse(larger, v, best);
        const auto tap = hn::Set(d32, static_cast<std::uint32_t>(ky * w.kernel_w + kx));
        place = hn::IfThenElse(hn::RebindMask(d32, larger), tap, place);
      }
    StoreFloats(best, d, y + c);
    if (which) hn::StoreU(hn::U8FromU32(place), d8, which + c);
  }
}

/// The sum of what the windows over an input pixel, `above` and `beside`, pass back to it.
template <int kBlock, class T>
HWY_INLINE void SumOfWindows(const SlidingWindow& w, int iy, int ix, const Span& above, const Span& beside,
                             const T* HWY_RESTRICT dy, const unsigned char* HWY_RESTRICT which,
                             T* HWY_RESTRICT dx) {
  const hn::CappedTag<float, kBlock> d;
  const hn::RebindToUnsigned<decltype(d)> d32;
  const hn::Rebind<unsigned char, decltype(d)> d8;
  for (std::size_t c = 0; c < kBlock; c += hn::Lanes(d)) {
    auto sum = hn::Zero(d);
    for (int oy = above.first; oy < above.last; ++oy)
      for (int ox = beside.first; ox < beside.last; ++ox) {
        const int tap = (iy - oy * w.stride + w.top) * w.kernel_w + ix - ox * w.stride + w.left;
        const std::size_t at = (static_cast<std::size_t>(oy) * w.out_w + ox) * kBlock + c;
        const auto place = hn::PromoteTo(d32, hn::LoadU(d8, which + at));
        const auto chosen = hn::RebindMask(d, hn::Eq(place, hn::Set(d32, static_cast<std::uint32_t>(tap))));
        sum = hn::Add(sum, hn::IfThenElseZero(chosen, LoadFloats(d, dy + at)));
      }
    StoreFloats(sum, d, dx + c);
  }
}
#endif

/// One number at a time.
template <class T>
void LargestOfOne(const SlidingWindow& w, const T* x, const Span& rows, const Span& columns, int step, T* y,
                  unsigned char* which) {
  float best = -3.4e38F;
  int place = 0;
  for (int ky = rows.first; ky < rows.last; ++ky)
    for (int kx = columns.first; kx < columns.last; ++kx) {
      const auto v = static_cast<float>(x[(static_cast<std::ptrdiff_t>(ky) * w.in_w + kx) * step]);
      if (v > best) best = v, place = ky * w.kernel_w + kx;
    }
  *y = best;
  if (which) *which = static_cast<unsigned char>(place);
}
template <class T>
void SumOfWindowsOfOne(const SlidingWindow& w, int iy, int ix, const Span& above, const Span& beside,
                       int step, const T* dy, const unsigned char* which, T* dx) {
  float sum = 0;
  for (int oy = above.first; oy < above.last; ++oy)
    for (int ox = beside.first; ox < beside.last; ++ox) {
      const int tap = (iy - oy * w.stride + w.top) * w.kernel_w + ix - ox * w.stride + w.left;
      const std::size_t at = (static_cast<std::size_t>(oy) * w.out_w + ox) * step;
      if (which[at] == tap) sum += static_cast<float>(dy[at]);
    }
  *dx = sum;
}

template <int kBlock, class T>
void MaxPoolPlane(const SlidingWindow& w, const T* HWY_RESTRICT x, T* HWY_RESTRICT y,
                  unsigned char* HWY_RESTRICT which) {
  for (int oy = 0; oy < w.out_h; ++oy) {
    const Span rows = InsideSpan(oy, w.stride, w.top, w.kernel_h, w.in_h);
    for (int ox = 0; ox < w.out_w; ++ox, y += kBlock) {
      const Span columns = InsideSpan(ox, w.stride, w.left, w.kernel_w, w.in_w);
      const T* origin =
          x + (static_cast<std::ptrdiff_t>(oy * w.stride - w.top) * w.in_w + ox * w.stride - w.left) * kBlock;
#if HWY_TARGET != HWY_SCALAR
      if constexpr (kBlock > 1) LargestOf<kBlock>(w, origin, rows, columns, y, which);
      if constexpr (kBlock == 1) LargestOfOne(w, origin, rows, columns, 1, y, which);
#else
      for (int c = 0; c < kBlock; ++c)
        LargestOfOne(w, origin + c, rows, columns, kBlock, y + c, which ? which + c : nullptr);
#endif
      if (which) which += kBlock;
    }
  }
}

/// The windows that reach an input row or column.
Span WindowsOver(int in, int stride, int pad, int kernel, int windows) {
  const int first = in + pad - kernel + 1;
  return {first <= 0 ? 0 : (first + stride - 1) / stride, std::min(windows, (in + pad) / stride + 1)};
}

template <int kBlock, class T>
void MaxPoolPlaneBackward(const SlidingWindow& w, const T* HWY_RESTRICT dy,
                          const unsigned char* HWY_RESTRICT which, T* HWY_RESTRICT dx) {
  for (int iy = 0; iy < w.in_h; ++iy) {
    const Span above = WindowsOver(iy, w.stride, w.top, w.kernel_h, w.out_h);
    for (int ix = 0; ix < w.in_w; ++ix, dx += kBlock) {
      const Span beside = WindowsOver(ix, w.stride, w.left, w.kernel_w, w.out_w);
#if HWY_TARGET != HWY_SCALAR
      if constexpr (kBlock > 1) SumOfWindows<kBlock>(w, iy, ix, above, beside, dy, which, dx);
      if constexpr (kBlock == 1) SumOfWindowsOfOne(w, iy, ix, above, beside, 1, dy, which, dx);
#else
      for (int c = 0; c < kBlock; ++c)
        SumOfWindowsOfOne(w, iy, ix, above, beside, kBlock, dy + c, which + c, dx + c);
#endif
    }
  }
}

/// The commonest window: 2x2 in steps of 2, all inside.
bool IsHalving(const SlidingWindow& w) {
  return w.kernel_h == 2 && w.kernel_w == 2 && w.stride == 2 && w.top == 0 && w.left == 0 &&
         w.in_h >= 2 * w.out_h && w.in_w >= 2 * w.out_w;
}

template <int kBlock, class T>
void HalvePlane(const SlidingWindow& w, const T* HWY_RESTRICT x, T* HWY_RESTRICT y) {
  const int row = w.in_w * kBlock;
  for (int oy = 0; oy < w.out_h; ++oy) {
    const T* in = x + static_cast<std::ptrdiff_t>(2 * oy) * row;
    for (int ox = 0; ox < w.out_w; ++ox, in += 2 * kBlock, y += kBlock)
      for (int c = 0; c < kBlock; ++c)
        y[c] = std::max(std::max<float>(in[c], in[kBlock + c]),
                        std::max<float>(in[row + c], in[row + kBlock + c]));
  }
}

/// The same, and which it was.
template <int kBlock, class T>
void HalvePlane(const SlidingWindow& w, const T* HWY_RESTRICT x, T* HWY_RESTRICT y,
                unsigned char* HWY_RESTRICT which) {
  const int row = w.in_w * kBlock;
  for (int oy = 0; oy < w.out_h; ++oy) {
    const T* in = x + static_cast<std::ptrdiff_t>(2 * oy) * row;
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

/// Numbers as whole words of their size, which are only copied.
HWY_INLINE const std::uint32_t* Bits(const float* p) { return reinterpret_cast<const std::uint32_t*>(p); }
HWY_INLINE const std::uint16_t* Bits(const Bf16* p) { return reinterpret_cast<const std::uint16_t*>(p); }
HWY_INLINE std::uint32_t* Bits(float* p) { return reinterpret_cast<std::uint32_t*>(p); }
HWY_INLINE std::uint16_t* Bits(Bf16* p) { return reinterpret_cast<std::uint16_t*>(p); }

/// Each of kBlock words goes to that of four places that `which` names; the others get 0.
template <int kBlock, class U>
HWY_INLINE void SpreadToFour(const U* HWY_RESTRICT dy, const unsigned char* HWY_RESTRICT which,
                             const std::array<U*, 4>& places) {
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::CappedTag<U, kBlock> d;
  const hn::Rebind<unsigned char, decltype(d)> d8;
  for (int c = 0; c < kBlock; c += static_cast<int>(hn::Lanes(d))) {
    const auto v = hn::LoadU(d, dy + c), place = hn::PromoteTo(d, hn::LoadU(d8, which + c));
    for (unsigned k = 0; k < 4; ++k)
      hn::StoreU(hn::IfThenElseZero(hn::Eq(place, hn::Set(d, static_cast<U>(k))), v), d, places[k] + c);
  }
#else
  for (unsigned k = 0; k < 4; ++k)
    for (int c = 0; c < kBlock; ++c) places[k][c] = which[c] == k ? dy[c] : U{0};
#endif
}

template <int kBlock, class T>
void HalvePlaneBackward(const SlidingWindow& w, const T* HWY_RESTRICT dy,
                        const unsigned char* HWY_RESTRICT which, T* HWY_RESTRICT dx) {
  const int row = w.in_w * kBlock;
  if (w.in_h != 2 * w.out_h || w.in_w != 2 * w.out_w)
    std::fill_n(dx, static_cast<std::size_t>(w.in_h) * w.in_w * kBlock, T(0.F));
  for (int oy = 0; oy < w.out_h; ++oy) {
    T* out = dx + static_cast<std::ptrdiff_t>(2 * oy) * row;
    for (int ox = 0; ox < w.out_w; ++ox, out += 2 * kBlock, dy += kBlock, which += kBlock)
      SpreadToFour<kBlock>(Bits(dy), which,
                           {Bits(out), Bits(out + kBlock), Bits(out + row), Bits(out + row + kBlock)});
  }
}

template <int kBlock, class T>
void PoolPlane(const SlidingWindow& w, const T* x, T* y, unsigned char* which) {
  if (kBlock == 1 || !IsHalving(w))
    MaxPoolPlane<kBlock>(w, x, y, which);
  else if (which)
    HalvePlane<kBlock>(w, x, y, which);
  else
    HalvePlane<kBlock>(w, x, y);
}

template <class T>
void PoolPlanes(const SlidingWindow& w, const ChannelLayout& l, const T* x, T* y, unsigned char* which) {
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w * l.block,
                    out = static_cast<std::size_t>(l.pixels) * l.block;
  for (int plane = 0; plane < l.rows * l.groups; ++plane, x += in, y += out) {
    if (l.block == 16)
      PoolPlane<16>(w, x, y, which);
    else if (l.block == 8)
      PoolPlane<8>(w, x, y, which);
    else
      PoolPlane<1>(w, x, y, which);
    if (which) which += out;
  }
}

void MaxPool(const SlidingWindow& w, const ChannelLayout& l, const Numbers& x, const Numbers& y,
             unsigned char* which) {
  Typed(x, [&](auto* px) { PoolPlanes(w, l, px, static_cast<decltype(px)>(y.at), which); });
}

template <class T>
void PoolPlanesBackward(const SlidingWindow& w, const ChannelLayout& l, const T* dy,
                        const unsigned char* which, T* dx) {
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

void MaxPoolBackward(const SlidingWindow& w, const ChannelLayout& l, const Numbers& dy,
                     const unsigned char* which, const Numbers& dx) {
  Typed(dx, [&](auto* pdx) { PoolPlanesBackward(w, l, static_cast<decltype(pdx)>(dy.at), which, pdx); });
}

/// y takes, of each window, what `which` names.
template <class T>
void PickPlanes(const SlidingWindow& w, const ChannelLayout& l, const T* x, const unsigned char* which,
                T* y) {
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w * l.block;
  for (int plane = 0; plane < l.rows * l.groups; ++plane, x += in)
    for (int oy = 0; oy < w.out_h; ++oy)
      for (int ox = 0; ox < w.out_w; ++ox, y += l.block, which += l.block)
        for (int c = 0; c < l.block; ++c) {
          const int row = oy * w.stride - w.top + which[c] / w.kernel_w,
                    column = ox * w.stride - w.left + which[c] % w.kernel_w;
          y[c] = x[(row * w.in_w + column) * l.block + c];
        }
}

void MaxPoolPick(const SlidingWindow& w, const ChannelLayout& l, const Numbers& x, const unsigned char* which,
                 const Numbers& y) {
  Typed(x, [&](auto* px) { PickPlanes(w, l, px, which, static_cast<decltype(px)>(y.at)); });
}

/// One kernel row of taps, up to kTaps at once, against eight neighbouring filters.
constexpr int kTaps = 5;
constexpr int kWide = 8;

template <int kCount, class T>
HWY_INLINE void TapRow(const float* x, const T* dy, int count, int x_step, int dy_step, float* sums) {
  const HWY_CAPPED(float, kWide) d;
  constexpr int kParts = kWide / static_cast<int>(hn::MaxLanes(d));
  for (int part = 0; part < kParts; ++part) {
    const int at = part * static_cast<int>(hn::Lanes(d));
    hn::Vec<decltype(d)> s[kCount];
    for (int k = 0; k < kCount; ++k) s[k] = hn::LoadU(d, sums + k * kWide + at);
    const float* px = x;
    const T* pd = dy + at;
    for (int i = 0; i < count; ++i, px += x_step, pd += dy_step) {
      const auto v = LoadFloats(d, pd);
      for (int k = 0; k < kCount; ++k) s[k] = hn::MulAdd(v, hn::Set(d, px[k]), s[k]);
    }
    for (int k = 0; k < kCount; ++k) hn::StoreU(s[k], d, sums + k * kWide + at);
  }
}

/// Adds one input plane's and one group of eight filters' taps: sums is [kh, kw, kWide].
template <class T>
void TapPlane(const SlidingWindow& w, const float* x, const T* dy, int dy_step, float* sums) {
  for (int ky = 0; ky < w.kernel_h; ++ky)
    for (int oy = 0; oy < w.out_h; ++oy) {
      const int iy = oy * w.stride - w.top + ky;
      if (iy < 0 || iy >= w.in_h) continue;
      const float* in = x + iy * w.in_w;
      const T* grad = dy + static_cast<std::ptrdiff_t>(oy) * w.out_w * dy_step;
      float* row_sums = sums + ky * w.kernel_w * kWide;
      // Where all taps of a row lie inside, they run together; at the edges one by one.
      const int first = std::min(w.out_w, (w.left + w.stride - 1) / w.stride);
      const int last = std::max(first, std::min(w.out_w, (w.in_w - w.kernel_w + w.left) / w.stride + 1));
      for (int kx = 0; kx < w.kernel_w;) {
        const float* base = in + first * w.stride - w.left + kx;
        const int taps = std::min(kTaps, w.kernel_w - kx);
        const T* g = grad + static_cast<std::ptrdiff_t>(first) * dy_step;
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

template <class T>
void WeightGradFewInputs(const SlidingWindow& w, const ChannelLayout& l, int filters, int inputs,
                         const float* x, const T* dy, float* dw, float* db) {
  const int taps = w.kernel_h * w.kernel_w;
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w,
                    out = static_cast<std::size_t>(l.pixels) * l.block;
  float sums[32 * 32 * kWide];
  for (int filter = 0; filter < filters; filter += kWide) {
    const T* grad = dy + (filter / l.block) * out + filter % l.block;
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

void ConvWeightGradFewInputs(const SlidingWindow& w, const ChannelLayout& l, int filters, int inputs,
                             const float* x, const Numbers& dy, float* dw, float* db) {
  Typed(dy, [&](auto* pdy) { WeightGradFewInputs(w, l, filters, inputs, x, pdy, dw, db); });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(MaxPool);
HWY_EXPORT(MaxPoolPick);
HWY_EXPORT(MaxPoolBackward);
HWY_EXPORT(ConvWeightGradFewInputs);

void max_pool(const SlidingWindow& window, const ChannelLayout& out, Numbers x, Numbers y,
              unsigned char* which) {
  expect_one_type(x, y);
  HWY_DYNAMIC_DISPATCH(MaxPool)(window, out, x, y, which);
}
void max_pool_pick(const SlidingWindow& window, const ChannelLayout& out, Numbers x,
                   const unsigned char* which, Numbers y) {
  expect_one_type(x, y);
  HWY_DYNAMIC_DISPATCH(MaxPoolPick)(window, out, x, which, y);
}
void max_pool_backward(const SlidingWindow& window, const ChannelLayout& out, Numbers dy,
                       const unsigned char* which, Numbers dx) {
  expect_one_type(dy, dx);
  HWY_DYNAMIC_DISPATCH(MaxPoolBackward)(window, out, dy, which, dx);
}
void conv_weight_grad_few_inputs(const SlidingWindow& window, const ChannelLayout& out, int filters,
                                 int inputs, const float* x, Numbers dy, float* dw, float* db) {
  HWY_DYNAMIC_DISPATCH(ConvWeightGradFewInputs)(window, out, filters, inputs, x, dy, dw, db);
}

}  // namespace doppel::nn::engine
#endif
