// Loops that run on floats and on bfloat16. Included per target.
#if defined(DOPPEL_NN_HALF_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_NN_HALF_INL_H_
#undef DOPPEL_NN_HALF_INL_H_
#else
#define DOPPEL_NN_HALF_INL_H_
#endif

#include <hwy/highway.h>
#include <bit>
#include <cstdint>

#include "kernels.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

/// A bfloat16: the upper half of a float.
class Bf16 {
 public:
  Bf16() = default;
  HWY_INLINE Bf16(float v) {  // NOLINT: used where floats are
    const auto bits = std::bit_cast<std::uint32_t>(v);
    bits_ = static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
  }
  HWY_INLINE operator float() const {  // NOLINT
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits_) << 16);
  }

 private:
  std::uint16_t bits_;
};

/// Numbers of a block as floats, and back.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<D> LoadFloats(D d, const float* p) {
  return hwy::HWY_NAMESPACE::LoadU(d, p);
}
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<D> LoadFloats(D d, const Bf16* p) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::Rebind<std::uint16_t, D> d16;
  const hn::RebindToUnsigned<D> d32;
  const auto bits = hn::LoadU(d16, reinterpret_cast<const std::uint16_t*>(p));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(d32, bits)));
}
#if HWY_TARGET == HWY_SCALAR
template <class D, class T>
HWY_INLINE void StoreFloats(hwy::HWY_NAMESPACE::Vec<D> v, D, T* p) {
  *p = hwy::HWY_NAMESPACE::GetLane(v);
}
#else
template <class D>
HWY_INLINE void StoreFloats(hwy::HWY_NAMESPACE::Vec<D> v, D d, float* p) {
  hwy::HWY_NAMESPACE::StoreU(v, d, p);
}
template <class D>
HWY_INLINE void StoreFloats(hwy::HWY_NAMESPACE::Vec<D> v, D, Bf16* p) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::Rebind<std::uint16_t, D> d16;
  const hn::RebindToUnsigned<D> d32;
  const auto bits = hn::BitCast(d32, v);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d32, 1U));
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(d32, 0x7fffU)), odd));
  hn::StoreU(hn::TruncateTo(d16, rounded), d16, reinterpret_cast<std::uint16_t*>(p));
}
#endif

/// Calls f with pointers to what the numbers are.
template <class F>
HWY_INLINE void Typed(const Numbers& a, const F& f) {
  a.bf16 ? f(static_cast<Bf16*>(a.at)) : f(static_cast<float*>(a.at));
}
template <class F>
HWY_INLINE void Typed(const Numbers& a, const Numbers& b, const F& f) {
  Typed(a, [&](auto* pa) { Typed(b, [&](auto* pb) { f(pa, pb); }); });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#endif
