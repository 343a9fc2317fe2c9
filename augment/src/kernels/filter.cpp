#include "kernels/filter.h"

#include <algorithm>

#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/filter.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// What MulFixedPoint15 does, for one number.
HWY_INLINE int Product(int a, int b) { return (a * b + 16384) >> 15; }

void WidenRow(const std::uint8_t* HWY_RESTRICT bytes, int n, std::int16_t* HWY_RESTRICT out) {
  for (int i = 0; i < n; ++i) out[i] = static_cast<std::int16_t>(bytes[i] << kCanvasShift);
}

void FilterRow(const std::int16_t* HWY_RESTRICT canvas, const FilterTap* taps, int count, int k, int n,
               std::uint8_t* HWY_RESTRICT out) {
  const int shift = kCanvasShift - k, half = 1 << (shift - 1);
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto rounding = hn::Set(d, static_cast<std::int16_t>(half));
  // Four vectors at a time: their sums stay in registers while the taps go by.
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    auto s0 = rounding, s1 = rounding, s2 = rounding, s3 = rounding;
    for (int t = 0; t < count; ++t) {
      const std::int16_t* from = canvas + i + taps[t].offset;
      const auto w = hn::Set(d, taps[t].weight);
      s0 = hn::Add(s0, hn::MulFixedPoint15(hn::LoadU(d, from), w));
      s1 = hn::Add(s1, hn::MulFixedPoint15(hn::LoadU(d, from + lanes), w));
      s2 = hn::Add(s2, hn::MulFixedPoint15(hn::LoadU(d, from + 2 * lanes), w));
      s3 = hn::Add(s3, hn::MulFixedPoint15(hn::LoadU(d, from + 3 * lanes), w));
    }
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(s0, shift)), d8, out + i);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(s1, shift)), d8, out + i + lanes);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(s2, shift)), d8, out + i + 2 * lanes);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(s3, shift)), d8, out + i + 3 * lanes);
  }
  for (; i + lanes <= n; i += lanes) {
    auto sum = rounding;
    for (int t = 0; t < count; ++t)
      sum = hn::Add(
          sum, hn::MulFixedPoint15(hn::LoadU(d, canvas + i + taps[t].offset), hn::Set(d, taps[t].weight)));
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(sum, shift)), d8, out + i);
  }
#endif
  for (; i < n; ++i) {
    int sum = half;
    for (int t = 0; t < count; ++t) sum += Product(canvas[i + taps[t].offset], taps[t].weight);
    out[i] = static_cast<std::uint8_t>(std::clamp(sum >> shift, 0, 255));
  }
}

#if HWY_TARGET != HWY_SCALAR
/// Two vectors of the canvas, which stay in registers: GCC would rather read them again for each use.
template <class D>
struct TwoVectors {
  HWY_INLINE TwoVectors(D d, const std::int16_t* from)
      : a(hn::LoadU(d, from)), b(hn::LoadU(d, from + hn::Lanes(d))) {
#if HWY_ARCH_X86 && HWY_COMPILER_GCC_ACTUAL
    asm("" : "+v"(a.raw), "+v"(b.raw));
#endif
  }
  hn::Vec<D> a, b;
};
#endif

void FilterTwoRows(const std::int16_t* HWY_RESTRICT canvas, const RowPair& pair, int k, int n,
                   std::uint8_t* HWY_RESTRICT out, std::uint8_t* HWY_RESTRICT below) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  const int shift = kCanvasShift - k, half = 1 << (shift - 1);
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto rounding = hn::Set(d, static_cast<std::int16_t>(half));
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    auto a0 = rounding, a1 = rounding, b0 = rounding, b1 = rounding;
    for (const FilterTap& tap : pair.upper) {
      const std::int16_t* from = canvas + i + tap.offset;
      const auto w = hn::Set(d, tap.weight);
      a0 = hn::Add(a0, hn::MulFixedPoint15(hn::LoadU(d, from), w));
      a1 = hn::Add(a1, hn::MulFixedPoint15(hn::LoadU(d, from + lanes), w));
    }
    for (const PairTap& tap : pair.both) {
      const TwoVectors v(d, canvas + i + tap.offset);
      const auto u = hn::Set(d, tap.upper), w = hn::Set(d, tap.lower);
      a0 = hn::Add(a0, hn::MulFixedPoint15(v.a, u));
      b0 = hn::Add(b0, hn::MulFixedPoint15(v.a, w));
      a1 = hn::Add(a1, hn::MulFixedPoint15(v.b, u));
      b1 = hn::Add(b1, hn::MulFixedPoint15(v.b, w));
    }
    for (const FilterTap& tap : pair.lower) {
      const std::int16_t* from = canvas + i + tap.offset;
      const auto w = hn::Set(d, tap.weight);
      b0 = hn::Add(b0, hn::MulFixedPoint15(hn::LoadU(d, from), w));
      b1 = hn::Add(b1, hn::MulFixedPoint15(hn::LoadU(d, from + lanes), w));
    }
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(a0, shift)), d8, out + i);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(a1, shift)), d8, out + i + lanes);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(b0, shift)), d8, below + i);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRightSame(b1, shift)), d8, below + i + lanes);
  }
#endif
  const int count = static_cast<int>(pair.taps.size());
  FilterRow(canvas + i, pair.taps.data(), count, k, n - i, out + i);
  FilterRow(canvas + i + pair.step, pair.taps.data(), count, k, n - i, below + i);
}

void FilterRow16(const std::int16_t* HWY_RESTRICT canvas, const FilterTap* taps, int count, int n,
                 std::int16_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::int16_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
    for (int t = 0; t < count; ++t) {
      const std::int16_t* from = canvas + i + taps[t].offset;
      const auto w = hn::Set(d, taps[t].weight);
      s0 = hn::Add(s0, hn::MulFixedPoint15(hn::LoadU(d, from), w));
      s1 = hn::Add(s1, hn::MulFixedPoint15(hn::LoadU(d, from + lanes), w));
      s2 = hn::Add(s2, hn::MulFixedPoint15(hn::LoadU(d, from + 2 * lanes), w));
      s3 = hn::Add(s3, hn::MulFixedPoint15(hn::LoadU(d, from + 3 * lanes), w));
    }
    hn::StoreU(s0, d, out + i);
    hn::StoreU(s1, d, out + i + lanes);
    hn::StoreU(s2, d, out + i + 2 * lanes);
    hn::StoreU(s3, d, out + i + 3 * lanes);
  }
  for (; i + lanes <= n; i += lanes) {
    auto sum = hn::Zero(d);
    for (int t = 0; t < count; ++t)
      sum = hn::Add(
          sum, hn::MulFixedPoint15(hn::LoadU(d, canvas + i + taps[t].offset), hn::Set(d, taps[t].weight)));
    hn::StoreU(sum, d, out + i);
  }
#endif
  for (; i < n; ++i) {
    int sum = 0;
    for (int t = 0; t < count; ++t) sum += Product(canvas[i + taps[t].offset], taps[t].weight);
    out[i] = static_cast<std::int16_t>(sum);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(WidenRow);
HWY_EXPORT(FilterRow);
HWY_EXPORT(FilterTwoRows);
HWY_EXPORT(FilterRow16);
}  // namespace

void widen_row(const std::uint8_t* bytes, int n, std::int16_t* out) {
  HWY_DYNAMIC_DISPATCH(WidenRow)(bytes, n, out);
}

void filter_row(const std::int16_t* canvas, std::span<const FilterTap> taps, int k, int n,
                std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(FilterRow)(canvas, taps.data(), static_cast<int>(taps.size()), k, n, out);
}

void filter_two_rows(const std::int16_t* canvas, const RowPair& pair, int k, int n, std::uint8_t* out,
                     std::uint8_t* below) {
  HWY_DYNAMIC_DISPATCH(FilterTwoRows)(canvas, pair, k, n, out, below);
}

void filter_row(const std::int16_t* canvas, std::span<const FilterTap> taps, int n, std::int16_t* out) {
  HWY_DYNAMIC_DISPATCH(FilterRow16)(canvas, taps.data(), static_cast<int>(taps.size()), n, out);
}

}  // namespace doppel::augment
#endif
