// Bilinear reading of bytes in 16-bit numbers, four or two pixels at a time; included once per target.
#include <cstdint>
#include <cstring>

#include "warp.h"

#if defined(DOPPEL_FIXED_READ_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_FIXED_READ_INL_H_
#undef DOPPEL_FIXED_READ_INL_H_
#else
#define DOPPEL_FIXED_READ_INL_H_
#endif

#include <hwy/highway.h>

#include "load-inl.h"
#include "math-inl.h"
#include "places-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET != HWY_SCALAR
namespace hn = hwy::HWY_NAMESPACE;

/// Places of a block in whole pixels and 15 bits.
struct FixedPlaces {
  HWY_ALIGN std::int32_t offset[kWarpBlock + 2];
  HWY_ALIGN std::int16_t fx[kWarpBlock + 2], fy[kWarpBlock + 2];
};

template <int C>
HWY_INLINE void FixPlaces(const Places& at, int n, std::int32_t stride, FixedPlaces& fixed) {
  for (int i = 0; i < n; ++i) {
    const float x = at.fx[i] * 32768.F + 0.5F, y = at.fy[i] * 32768.F + 0.5F;
    fixed.fx[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(x < 32767.F ? x : 32767.F));
    fixed.fy[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(y < 32767.F ? y : 32767.F));
    fixed.offset[i] = at.y[i] * stride + at.x[i] * C;
  }
}

struct Extent {
  float low, high;
};
/// By vectors, since compilers mayn't reorder minima of floats.
HWY_INLINE Extent Range(const float* HWY_RESTRICT p, int n) {
  const hn::ScalableTag<float> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  auto low = hn::Set(d, p[0]), high = low;
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::LoadU(d, p + i);
    low = hn::Min(low, v);
    high = hn::Max(high, v);
  }
  Extent range{hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
  for (; i < n; ++i) {
    range.low = Least(range.low, p[i]);
    range.high = Most(range.high, p[i]);
  }
  return range;
}

/// The same straight from places when all of them, and all that is read, lie inside; false where they don't.
template <int C>
HWY_INLINE bool FixInside(const float* HWY_RESTRICT u, const float* HWY_RESTRICT v, int n, int width,
                          int height, std::int32_t stride, FixedPlaces& fixed) {
  const auto [low_u, high_u] = Range(u, n);
  const auto [low_v, high_v] = Range(v, n);
  // A pixel more than needed at the far edges: fixed point rounds, and bytes are read eight at a time.
  const bool inside = low_u >= 0.5F && low_v >= 0.5F && high_u < static_cast<float>(width) - 2.5F &&
                      high_v < static_cast<float>(height) - 1.5F;
  if (!inside || width > 32767 || height > 32767) return false;
  for (int i = 0; i < n; ++i) {
    const auto x = static_cast<std::int32_t>((u[i] - 0.5F) * 32768.F),
               y = static_cast<std::int32_t>((v[i] - 0.5F) * 32768.F);
    fixed.fx[i] = static_cast<std::int16_t>(x & 0x7fff);
    fixed.fy[i] = static_cast<std::int16_t>(y & 0x7fff);
    fixed.offset[i] = (y >> 15) * stride + (x >> 15) * C;
  }
  return true;
}

/// Bytes of 3 or 4 channels: eight bytes hold a pixel and its right neighbour. Both lerps keep 15 bits.
template <int C>
HWY_INLINE void ReadFixed(const std::uint8_t* pixels, std::ptrdiff_t stride, const FixedPlaces& at, int n,
                          std::uint8_t* out) {
  const hn::FixedTag<std::int16_t, 8> d;
  const hn::FixedTag<std::uint8_t, 8> d8;
  int i = 0;
#if HWY_TARGET == HWY_AVX3
  // A pixel in each 128 bits, from 8 bytes of a row.
  const auto four = [](const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c,
                       const std::uint8_t* e) HWY_ATTR { return _mm512_cvtepu8_epi16(LoadFour(a, b, c, e)); };
  const __m512i spread4 = _mm512_set_epi64(0x0003000300030003, 0x0003000300030003, 0x0002000200020002,
                                           0x0002000200020002, 0x0001000100010001, 0x0001000100010001, 0, 0);
  const auto weights4 = [&](const std::int16_t* w) HWY_ATTR {
    return _mm512_permutexvar_epi16(
        spread4, _mm512_castsi128_si512(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(w))));
  };
  // Of 8 bytes a pixel, C are kept: two pixels side by side in each 128 bits.
  const __m256i together = C == 4 ? _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 3, 8, 9, 10, 11, -1,
                                                                              -1, -1, -1, -1, -1, -1, -1))
                                  : _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 8, 9, 10, -1, -1, -1,
                                                                              -1, -1, -1, -1, -1, -1, -1));
  for (; i + 4 <= n; i += 4) {
    const std::uint8_t *a = pixels + at.offset[i], *b = pixels + at.offset[i + 1],
                       *c = pixels + at.offset[i + 2], *e = pixels + at.offset[i + 3];
    const __m512i top = four(a, b, c, e), low = four(a + stride, b + stride, c + stride, e + stride);
    const __m512i left = _mm512_add_epi16(
        _mm512_slli_epi16(top, 7),
        _mm512_mulhrs_epi16(_mm512_slli_epi16(_mm512_sub_epi16(low, top), 7), weights4(at.fy + i)));
    const __m512i right = _mm512_bsrli_epi128(left, 2 * C);
    const __m512i v = _mm512_srai_epi16(
        _mm512_add_epi16(_mm512_add_epi16(left, _mm512_set1_epi16(64)),
                         _mm512_mulhrs_epi16(_mm512_sub_epi16(right, left), weights4(at.fx + i))),
        7);
    const __m256i bytes = _mm256_shuffle_epi8(_mm512_cvtepi16_epi8(v), together);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i * C), _mm256_castsi256_si128(bytes));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + (i + 2) * C), _mm256_extracti128_si256(bytes, 1));
  }
#endif
#if HWY_TARGET <= HWY_AVX2
  // Two pixels side by side, one in each half.
  const hn::FixedTag<std::int16_t, 16> d2;
  const hn::FixedTag<std::uint8_t, 32> d82;
  const hn::FixedTag<std::uint32_t, 8> d32;
  const auto half2 = hn::Set(d2, 64);
  HWY_ALIGN static constexpr std::uint8_t kSpread[32] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
                                                         2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3};
  HWY_ALIGN static constexpr std::uint8_t kNarrow[32] = {0,  2,  4,  6,  8,  10, 12, 14, 0,  2, 4,
                                                         6,  8,  10, 12, 14, 0,  2,  4,  6,  8, 10,
                                                         12, 14, 0,  2,  4,  6,  8,  10, 12, 14};
  const auto spread = hn::Load(d82, kSpread), narrow = hn::Load(d82, kNarrow);
  const auto weights = [&](const std::int16_t* two) HWY_ATTR {
    std::uint32_t both;
    std::memcpy(&both, two, 4);
    return hn::BitCast(d2, hn::TableLookupBytes(hn::BitCast(d82, hn::Set(d32, both)), spread));
  };
  for (; i + 2 <= n; i += 2) {
    const std::uint8_t *p = pixels + at.offset[i], *q = pixels + at.offset[i + 1];
    const auto top = hn::Combine(d2, hn::PromoteTo(d, hn::LoadU(d8, q)), hn::PromoteTo(d, hn::LoadU(d8, p)));
    const auto low = hn::Combine(d2, hn::PromoteTo(d, hn::LoadU(d8, q + stride)),
                                 hn::PromoteTo(d, hn::LoadU(d8, p + stride)));
    const auto left = hn::Add(hn::ShiftLeft<7>(top),
                              hn::MulFixedPoint15(hn::ShiftLeft<7>(hn::Sub(low, top)), weights(at.fy + i)));
    const auto right = hn::ShiftRightLanes<C>(d2, left);
    const auto v =
        hn::Add(hn::Add(left, half2), hn::MulFixedPoint15(hn::Sub(right, left), weights(at.fx + i)));
    const auto words = hn::BitCast(d32, hn::TableLookupBytes(hn::BitCast(d82, hn::ShiftRight<7>(v)), narrow));
    const hn::FixedTag<std::uint32_t, 4> d4;
    const std::uint32_t a = hn::GetLane(hn::LowerHalf(d4, words)), b = hn::GetLane(hn::UpperHalf(d4, words));
    std::memcpy(out + i * C, &a, 4);
    std::memcpy(out + (i + 1) * C, &b, 4);
  }
#endif
  const auto half = hn::Set(d, 64);
  for (; i < n; ++i) {
    const std::uint8_t* p = pixels + at.offset[i];
    const auto top = hn::PromoteTo(d, hn::LoadU(d8, p)), low = hn::PromoteTo(d, hn::LoadU(d8, p + stride));
    const auto left = hn::Add(hn::ShiftLeft<7>(top),
                              hn::MulFixedPoint15(hn::ShiftLeft<7>(hn::Sub(low, top)), hn::Set(d, at.fy[i])));
    const auto right = hn::ShiftRightLanes<C>(d, left);
    const auto v = hn::Add(left, hn::MulFixedPoint15(hn::Sub(right, left), hn::Set(d, at.fx[i])));
    HWY_ALIGN std::uint8_t bytes[8];
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<7>(hn::Add(v, half))), d8, bytes);
    std::memcpy(out + i * C, bytes, 4);
  }
}

/// A block whose pixels are all inside. The last pixel's fourth byte would run over.
template <int C>
HWY_INLINE void ReadBlock(const WarpSource<std::uint8_t>& s, const FixedPlaces& fixed, int n,
                          std::uint8_t* out) {
  if (C == 4) return ReadFixed<C>(s.pixels, s.stride, fixed, n, out);
  std::uint8_t last[8];
  ReadFixed<C>(s.pixels, s.stride, fixed, n - 1, out);
  FixedPlaces one;
  one.offset[0] = fixed.offset[n - 1];
  one.fx[0] = fixed.fx[n - 1];
  one.fy[0] = fixed.fy[n - 1];
  ReadFixed<C>(s.pixels, s.stride, one, 1, last);
  std::memcpy(out + (n - 1) * C, last, C);
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();
#endif
