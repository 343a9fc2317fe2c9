// Max pooling.
#include <algorithm>
#include <array>

#include "kernels.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/max_pool.cpp"
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

/// Numbers of a block as floats, and back.
template <class D>
HWY_INLINE hn::Vec<D> LoadFloats(D d, const float* p) {
  return hn::LoadU(d, p);
}
template <class D>
HWY_INLINE hn::Vec<D> LoadFloats(D d, const Bf16* p) {
  const hn::Rebind<std::uint16_t, D> d16;
  const hn::RebindToUnsigned<D> d32;
  const auto bits = hn::LoadU(d16, reinterpret_cast<const std::uint16_t*>(p));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(d32, bits)));
}

#if HWY_TARGET != HWY_SCALAR
template <class D>
HWY_INLINE void StoreFloats(hn::Vec<D> v, D d, float* p) {
  hn::StoreU(v, d, p);
}
template <class D>
HWY_INLINE void StoreFloats(hn::Vec<D> v, D d, Bf16* p) {
  HWY_ALIGN float numbers[hn::MaxLanes(d)];
  hn::Store(v, d, numbers);
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) p[i] = numbers[i];
}

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

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(MaxPool);
HWY_EXPORT(MaxPoolPick);
HWY_EXPORT(MaxPoolBackward);

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

}  // namespace doppel::nn::engine
#endif
