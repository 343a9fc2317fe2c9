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

constexpr float kLeast = -3.4e38F;  ///< beyond the edges

/// The part of a window that lies inside the input, as kernel rows or columns [first, last).
struct Span {
  int first, last;
};
Span InsideSpan(int out, int stride, int pad, int kernel, int size) {
  const int origin = out * stride - pad;
  return {std::max(0, -origin), std::min(kernel, size - origin)};
}

HWY_INLINE bool IsBetween(int i, int end) { return i >= 0 && i < end; }
HWY_INLINE bool IsOfNine(const SlidingWindow& w) { return w.kernel_h == 3 && w.kernel_w == 3; }

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
    auto best = hn::Set(d, kLeast);
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

/// The same of a window of 3x3 that lies inside. kAsked: somebody asks which it is.
template <int kBlock, bool kAsked, class T>
HWY_INLINE void LargestOfNine(const T* HWY_RESTRICT x, std::ptrdiff_t row, T* HWY_RESTRICT y,
                              unsigned char* HWY_RESTRICT which) {
  const hn::CappedTag<float, kBlock> d;
  const hn::RebindToUnsigned<decltype(d)> d32;
  const hn::Rebind<unsigned char, decltype(d)> d8;
  for (std::size_t c = 0; c < kBlock; c += hn::Lanes(d)) {
    auto best = hn::Set(d, kLeast);
    auto place = hn::Zero(d32);
    for (int tap = 0; tap < 9; ++tap) {
      const auto v = LoadFloats(d, x + tap / 3 * row + tap % 3 * kBlock + c);
      const auto larger = hn::Gt(v, best);
      best = hn::IfThenElse(larger, v, best);
      if constexpr (kAsked)
        place =
            hn::IfThenElse(hn::RebindMask(d32, larger), hn::Set(d32, static_cast<std::uint32_t>(tap)), place);
    }
    StoreFloats(best, d, y + c);
    if constexpr (kAsked) hn::StoreU(hn::U8FromU32(place), d8, which + c);
  }
}

/// What a window passes back, and to which of its taps.
template <class D>
struct PassedBack {
  hn::Vec<D> v;
  hn::Vec<hn::RebindToUnsigned<D>> place;

  template <class T>
  static HWY_INLINE PassedBack Load(const T* dy, const unsigned char* which) {
    const hn::Rebind<unsigned char, D> d8;
    return {LoadFloats(D(), dy), hn::PromoteTo(hn::RebindToUnsigned<D>(), hn::LoadU(d8, which))};
  }
  static HWY_INLINE PassedBack Nothing() { return {hn::Zero(D()), hn::Set(hn::RebindToUnsigned<D>(), 255U)}; }
  /// Adds to `sum` what goes to a tap.
  HWY_INLINE hn::Vec<D> AddTo(hn::Vec<D> sum, std::uint32_t tap) const {
    const hn::RebindToUnsigned<D> d32;
    return hn::Add(sum, hn::IfThenElseZero(hn::RebindMask(D(), hn::Eq(place, hn::Set(d32, tap))), v));
  }
};

/// The sum of what the windows over an input pixel, `above` and `beside`, pass back to it.
template <int kBlock, class T>
HWY_INLINE void SumOfWindows(const SlidingWindow& w, int iy, int ix, const Span& above, const Span& beside,
                             const T* HWY_RESTRICT dy, const unsigned char* HWY_RESTRICT which,
                             T* HWY_RESTRICT dx) {
  using D = hn::CappedTag<float, kBlock>;
  for (std::size_t c = 0; c < kBlock; c += hn::Lanes(D())) {
    auto sum = hn::Zero(D());
    for (int oy = above.first; oy < above.last; ++oy) {
      int tap = (iy - oy * w.stride + w.top) * w.kernel_w + ix - beside.first * w.stride + w.left;
      std::size_t at = (static_cast<std::size_t>(oy) * w.out_w + beside.first) * kBlock + c;
      for (int ox = beside.first; ox < beside.last; ++ox, tap -= w.stride, at += kBlock)
        sum = PassedBack<D>::Load(dy + at, which + at).AddTo(sum, static_cast<std::uint32_t>(tap));
    }
    StoreFloats(sum, D(), dx + c);
  }
}

/// The same of windows of 3x3 in steps of 1, nine of which, from `dy` on, are over a pixel. `row` is the step
/// from row to row.
template <int kBlock, class T>
HWY_INLINE void SumOfNineWindows(const T* HWY_RESTRICT dy, const unsigned char* HWY_RESTRICT which,
                                 std::ptrdiff_t row, T* HWY_RESTRICT dx) {
  using D = hn::CappedTag<float, kBlock>;
  for (int c = 0; c < kBlock; c += static_cast<int>(hn::Lanes(D()))) {
    auto sum = hn::Zero(D());
    for (int i = 0; i < 9; ++i) {
      const std::ptrdiff_t at = i / 3 * row + i % 3 * kBlock + c;
      sum = PassedBack<D>::Load(dy + at, which + at).AddTo(sum, static_cast<std::uint32_t>(8 - i));
    }
    StoreFloats(sum, D(), dx + c);
  }
}

/// Of windows of 3x3 in steps of 2, four that touch, the upper left one is [oy, ox]: the sums of its centre,
/// and of the pixels at the right, below and across. kInner: all of them exist.
template <int kBlock, bool kInner, class T>
HWY_INLINE void SumOfFourWindows(const SlidingWindow& w, int oy, int ox, const T* HWY_RESTRICT dy,
                                 const unsigned char* HWY_RESTRICT which, T* HWY_RESTRICT dx) {
  using D = hn::CappedTag<float, kBlock>;
  const int iy = 2 * oy - w.top + 1, ix = 2 * ox - w.left + 1;
  const std::ptrdiff_t out = (static_cast<std::ptrdiff_t>(oy) * w.out_w + ox) * kBlock,
                       in = (static_cast<std::ptrdiff_t>(iy) * w.in_w + ix) * kBlock;
  for (std::size_t c = 0; c < kBlock; c += hn::Lanes(D())) {
    const auto window = [&](int down, int right) HWY_ATTR {
      if (!kInner && !(IsBetween(oy + down, w.out_h) && IsBetween(ox + right, w.out_w)))
        return PassedBack<D>::Nothing();
      const std::ptrdiff_t at = out + (down * w.out_w + right) * kBlock + static_cast<std::ptrdiff_t>(c);
      return PassedBack<D>::Load(dy + at, which + at);
    };
    const auto store = [&](int down, int right, hn::Vec<D> sum) HWY_ATTR {
      if (kInner || (IsBetween(iy + down, w.in_h) && IsBetween(ix + right, w.in_w)))
        StoreFloats(sum, D(), dx + in + (down * w.in_w + right) * kBlock + static_cast<std::ptrdiff_t>(c));
    };
    const auto zero = hn::Zero(D());
    const auto here = window(0, 0), right = window(0, 1), below = window(1, 0), across = window(1, 1);
    store(0, 0, here.AddTo(zero, 4));
    store(0, 1, right.AddTo(here.AddTo(zero, 5), 3));
    store(1, 0, below.AddTo(here.AddTo(zero, 7), 1));
    store(1, 1, across.AddTo(below.AddTo(right.AddTo(here.AddTo(zero, 8), 6), 2), 0));
  }
}
#endif

/// One number at a time.
template <class T>
void LargestOfOne(const SlidingWindow& w, const T* x, const Span& rows, const Span& columns, int step, T* y,
                  unsigned char* which) {
  float best = kLeast;
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

/// One window's, of kBlock channels.
template <int kBlock, class T>
HWY_INLINE void MaxPoolWindow(const SlidingWindow& w, const T* x, const Span& rows, int ox, T* y,
                              unsigned char* which) {
  const Span columns = InsideSpan(ox, w.stride, w.left, w.kernel_w, w.in_w);
#if HWY_TARGET != HWY_SCALAR
  if constexpr (kBlock > 1) LargestOf<kBlock>(w, x, rows, columns, y, which);
  if constexpr (kBlock == 1) LargestOfOne(w, x, rows, columns, 1, y, which);
#else
  for (int c = 0; c < kBlock; ++c)
    LargestOfOne(w, x + c, rows, columns, kBlock, y + c, which ? which + c : nullptr);
#endif
}

/// The windows of a row, or of a column, that lie inside as a whole.
Span WholeWindows(int stride, int pad, int kernel, int size, int windows) {
  const int first = std::min(windows, (pad + stride - 1) / stride), room = size + pad - kernel;
  return {first, std::max(first, room < 0 ? 0 : std::min(windows, room / stride + 1))};
}

template <int kBlock, bool kAsked, class T>
void MaxPoolPlane(const SlidingWindow& w, const T* HWY_RESTRICT x, T* HWY_RESTRICT y,
                  unsigned char* HWY_RESTRICT which) {
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(w.in_w) * kBlock, step = w.stride * kBlock;
  [[maybe_unused]] const Span inner = WholeWindows(w.stride, w.left, w.kernel_w, w.in_w, w.out_w);
  for (int oy = 0; oy < w.out_h; ++oy) {
    const Span rows = InsideSpan(oy, w.stride, w.top, w.kernel_h, w.in_h);
    const T* origin = x + (oy * w.stride - w.top) * row - w.left * kBlock;
    [[maybe_unused]] const bool nine = IsOfNine(w) && rows.last - rows.first == 3;
    for (int ox = 0; ox < w.out_w; ++ox, origin += step, y += kBlock) {
#if HWY_TARGET != HWY_SCALAR
      if constexpr (kBlock > 1)
        if (nine && ox >= inner.first && ox < inner.last) {
          LargestOfNine<kBlock, kAsked>(origin, row, y, which);
          if constexpr (kAsked) which += kBlock;
          continue;
        }
#endif
      MaxPoolWindow<kBlock>(w, origin, rows, ox, y, which);
      if constexpr (kAsked) which += kBlock;
    }
  }
}

/// The windows that reach an input row or column.
Span WindowsOver(int in, int stride, int pad, int kernel, int windows) {
  const int first = in + pad - kernel + 1;
  return {first <= 0 ? 0 : (first + stride - 1) / stride, std::min(windows, (in + pad) / stride + 1)};
}

/// Columns [first, last) of an input row, one by one.
template <int kBlock, class T>
void MaxPoolRowBackward(const SlidingWindow& w, int iy, int first, int last, const T* HWY_RESTRICT dy,
                        const unsigned char* HWY_RESTRICT which, T* HWY_RESTRICT dx) {
  const Span above = WindowsOver(iy, w.stride, w.top, w.kernel_h, w.out_h);
  dx += (static_cast<std::ptrdiff_t>(iy) * w.in_w + first) * kBlock;
  [[maybe_unused]] const bool nine =
      kBlock > 1 && IsOfNine(w) && w.stride == 1 && above.last - above.first == 3;
  for (int ix = first; ix < last; ++ix, dx += kBlock) {
#if HWY_TARGET != HWY_SCALAR
    if constexpr (kBlock > 1)
      if (nine && IsBetween(ix + w.left - 2, w.out_w - 2)) {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(w.out_w) * kBlock,
                             at = above.first * row + (ix + w.left - 2) * kBlock;
        SumOfNineWindows<kBlock>(dy + at, which + at, row, dx);
        continue;
      }
#endif
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

template <int kBlock, class T>
void MaxPoolPlaneBackward(const SlidingWindow& w, const T* dy, const unsigned char* which, T* dx) {
  for (int iy = 0; iy < w.in_h; ++iy) MaxPoolRowBackward<kBlock>(w, iy, 0, w.in_w, dy, which, dx);
}

#if HWY_TARGET != HWY_SCALAR
/// Windows of 3x3 in steps of 2, one more of which at the upper left would have its centre outside.
bool OverlapsByOne(const SlidingWindow& w) {
  return IsOfNine(w) && w.stride == 2 && IsBetween(w.top, 2) && IsBetween(w.left, 2) &&
         w.in_h + w.top > 2 * (w.out_h - 1) && w.in_w + w.left > 2 * (w.out_w - 1);
}

/// The same for these: pixels come in fours.
template <int kBlock, class T>
void OverlappingPlaneBackward(const SlidingWindow& w, const T* HWY_RESTRICT dy,
                              const unsigned char* HWY_RESTRICT which, T* HWY_RESTRICT dx) {
  for (int oy = -1; oy < w.out_h; ++oy) {
    const int inner = IsBetween(oy, w.out_h - 1) ? w.out_w - 1 : 0;
    SumOfFourWindows<kBlock, false>(w, oy, -1, dy, which, dx);
    for (int ox = 0; ox < inner; ++ox) SumOfFourWindows<kBlock, true>(w, oy, ox, dy, which, dx);
    for (int ox = inner; ox < w.out_w; ++ox) SumOfFourWindows<kBlock, false>(w, oy, ox, dy, which, dx);
  }
  // What no window reaches.
  const int row = 2 * w.out_h - w.top + 1, column = 2 * w.out_w - w.left + 1;
  for (int iy = 0; iy < w.in_h; ++iy)
    MaxPoolRowBackward<kBlock>(w, iy, iy < row ? std::min(column, w.in_w) : 0, w.in_w, dy, which, dx);
}
#endif

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
  const bool halving = kBlock > 1 && IsHalving(w);
  if (halving && which)
    HalvePlane<kBlock>(w, x, y, which);
  else if (halving)
    HalvePlane<kBlock>(w, x, y);
  else if (which)
    MaxPoolPlane<kBlock, true>(w, x, y, which);
  else
    MaxPoolPlane<kBlock, false>(w, x, y, which);
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

template <int kBlock, class T>
void PoolPlaneBackward(const SlidingWindow& w, const T* dy, const unsigned char* which, T* dx) {
  if (IsHalving(w)) return HalvePlaneBackward<kBlock>(w, dy, which, dx);
#if HWY_TARGET != HWY_SCALAR
  if (OverlapsByOne(w)) return OverlappingPlaneBackward<kBlock>(w, dy, which, dx);
#endif
  MaxPoolPlaneBackward<kBlock>(w, dy, which, dx);
}

template <class T>
void PoolPlanesBackward(const SlidingWindow& w, const ChannelLayout& l, const T* dy,
                        const unsigned char* which, T* dx) {
  const std::size_t in = static_cast<std::size_t>(w.in_h) * w.in_w * l.block,
                    out = static_cast<std::size_t>(l.pixels) * l.block;
  for (int plane = 0; plane < l.rows * l.groups; ++plane, dx += in, dy += out, which += out) {
    if (l.block == 16)
      PoolPlaneBackward<16>(w, dy, which, dx);
    else if (l.block == 8)
      PoolPlaneBackward<8>(w, dy, which, dx);
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
