#include "scale.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/scale.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

/// What MulFixedPoint15 does, for one number.
HWY_INLINE int Product(int a, int b) { return (a * b + 16384) >> 15; }

template <int C>
HWY_INLINE void OnePixel(const std::uint8_t* row, const ScaleTaps& t, int x, std::int16_t* out) {
  const std::uint8_t *a = row + t.first[x], *b = row + t.second[x];
  for (int c = 0; c < C; ++c)
    out[x * C + c] = static_cast<std::int16_t>(a[c] * 128 + Product((b[c] - a[c]) * 128, t.shares[4 * x]));
}

#if HWY_TARGET != HWY_SCALAR
namespace hn = hwy::HWY_NAMESPACE;

/// Two pixels at a time: each one's two neighbours are 8 bytes in a row.
template <int C>
int PairsOfPixels(const std::uint8_t* row, const ScaleTaps& t, int x, std::int16_t* out) {
  const hn::FixedTag<std::uint8_t, 8> d8;
  const hn::FixedTag<std::uint8_t, 16> d;
  const hn::FixedTag<std::int16_t, 8> d16;
  // The first pixel's bytes as 16-bit numbers, the second's, and what leaves no gaps in the result.
  constexpr std::uint8_t kNone = 0x80;
  HWY_ALIGN static constexpr std::uint8_t kFirst[16] = {
      0, kNone, 1, kNone, 2,  kNone, C == 4 ? 3 : kNone,  kNone,
      8, kNone, 9, kNone, 10, kNone, C == 4 ? 11 : kNone, kNone};
  HWY_ALIGN static constexpr std::uint8_t kSecond[16] = {
      C,     kNone, C + 1, kNone, C + 2,  kNone, C == 4 ? 7 : kNone,  kNone,
      C + 8, kNone, C + 9, kNone, C + 10, kNone, C == 4 ? 15 : kNone, kNone};
  HWY_ALIGN static constexpr std::uint8_t kDense[16] = {0,  1,  2,  3,  4,     5,     8,     9,
                                                        10, 11, 12, 13, kNone, kNone, kNone, kNone};
  const auto first = hn::Load(d, kFirst), second = hn::Load(d, kSecond);
  for (; x + 2 <= t.end; x += 2) {
    const auto both = hn::Combine(d, hn::LoadU(d8, row + t.first[x + 1]), hn::LoadU(d8, row + t.first[x]));
    const auto a = hn::BitCast(d16, hn::TableLookupBytesOr0(both, first)),
               b = hn::BitCast(d16, hn::TableLookupBytesOr0(both, second));
    const auto share = hn::LoadU(d16, t.shares + 4 * x);
    auto v = hn::Add(hn::ShiftLeft<7>(a), hn::MulFixedPoint15(hn::ShiftLeft<7>(hn::Sub(b, a)), share));
    if constexpr (C == 3)
      v = hn::BitCast(d16, hn::TableLookupBytesOr0(hn::BitCast(d, v), hn::Load(d, kDense)));
    hn::StoreU(v, d16, out + x * C);
  }
  return x;
}
#endif

template <int C>
void Across(const std::uint8_t* row, const ScaleTaps& t, std::int16_t* out) {
  int x = 0;
  for (; x < t.begin; ++x) OnePixel<C>(row, t, x, out);
  if (!t.eights.empty()) {
    scale_across_wide(row, t.eights, C, out + x * C);
    x += ScaleEight::kPixels * static_cast<int>(t.eights.size());
  }
#if HWY_TARGET != HWY_SCALAR
  x = PairsOfPixels<C>(row, t, x, out);
#endif
  for (; x < t.width; ++x) OnePixel<C>(row, t, x, out);
}

void ScaleAcross(const std::uint8_t* row, const ScaleTaps& taps, int channels, std::int16_t* out) {
  if (channels == 3)
    Across<3>(row, taps, out);
  else
    Across<4>(row, taps, out);
}

void ScaleDown(const std::int16_t* HWY_RESTRICT above, const std::int16_t* HWY_RESTRICT below,
               std::int16_t share, int n, std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto part = hn::Set(d, share), half = hn::Set(d, 64);
  for (; i + lanes <= n; i += lanes) {
    const auto a = hn::LoadU(d, above + i), b = hn::LoadU(d, below + i);
    const auto v = hn::Add(a, hn::MulFixedPoint15(hn::Sub(b, a), part));
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<7>(hn::Add(v, half))), d8, out + i);
  }
#endif
  for (; i < n; ++i)
    out[i] = static_cast<std::uint8_t>((above[i] + Product(below[i] - above[i], share) + 64) >> 7);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(ScaleAcross);
HWY_EXPORT(ScaleDown);
}  // namespace

void scale_across(const std::uint8_t* row, const ScaleTaps& taps, int channels, std::int16_t* out) {
  HWY_DYNAMIC_DISPATCH(ScaleAcross)(row, taps, channels, out);
}
void scale_down(const std::int16_t* above, const std::int16_t* below, std::int16_t share, int n,
                std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(ScaleDown)(above, below, share, n, out);
}

}  // namespace doppel::augment
#endif
