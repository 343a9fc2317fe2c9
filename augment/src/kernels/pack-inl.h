// Bytes from words that Interleave made of them; included once per target.
#include <cstdint>

#if defined(DOPPEL_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_PACK_INL_H_
#undef DOPPEL_PACK_INL_H_
#else
#define DOPPEL_PACK_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR
/// Words clamped to bytes, in 16-byte parts: eight of `low`'s, then eight of `high`'s.
template <class V>
HWY_INLINE auto PackHalves(V low, V high) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::DFromV<V> d;
  const hn::Repartition<std::uint8_t, decltype(d)> d8;
#if HWY_TARGET == HWY_AVX3
  return hn::Vec<decltype(d8)>{_mm512_packus_epi16(low.raw, high.raw)};
#elif HWY_TARGET == HWY_AVX2
  return hn::Vec<decltype(d8)>{_mm256_packus_epi16(low.raw, high.raw)};
#else
  const auto level = [&](V v) HWY_ATTR {
    return hn::BitCast(d8, hn::Min(hn::Max(v, hn::Zero(d)), hn::Set(d, 255)));
  };
  // Every second byte, to the lower and to the upper half of its part.
  alignas(16) static constexpr std::uint8_t kLower[16] = {0,   2,   4,   6,   8,   10,  12,  14,
                                                          128, 128, 128, 128, 128, 128, 128, 128};
  alignas(16) static constexpr std::uint8_t kUpper[16] = {128, 128, 128, 128, 128, 128, 128, 128,
                                                          0,   2,   4,   6,   8,   10,  12,  14};
  return hn::Or(hn::TableLookupBytesOr0(level(low), hn::LoadDup128(d8, kLower)),
                hn::TableLookupBytesOr0(level(high), hn::LoadDup128(d8, kUpper)));
#endif
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();
#endif
