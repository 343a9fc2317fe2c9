// Loads that Highway has no name for; included once per target.
#include <cstdint>
#include <cstring>

#if defined(DOPPEL_LOAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_LOAD_INL_H_
#undef DOPPEL_LOAD_INL_H_
#else
#define DOPPEL_LOAD_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
/// Eight bytes from each of two places, side by side: a load each, where Highway's Combine would clear what's
/// above.
HWY_INLINE __m128i LoadTwo(const void* p, const void* q) {
  std::int64_t low, high;
  std::memcpy(&low, p, sizeof low);
  std::memcpy(&high, q, sizeof high);
  return _mm_insert_epi64(_mm_cvtsi64_si128(low), high, 1);
}
/// From four.
HWY_INLINE __m256i LoadFour(const void* a, const void* b, const void* c, const void* d) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(LoadTwo(a, b)), LoadTwo(c, d), 1);
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();
#endif
