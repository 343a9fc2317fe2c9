#include "whole/loops.h"

#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "whole/loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

template <class T>
HWY_INLINE T Put(float v) {
  if constexpr (sizeof(T) == 1) {
    v = v > 0 ? v : 0;
    return static_cast<T>(static_cast<std::int32_t>((v < 255 ? v : 255.F) + 0.5F));
  } else {
    return Clamp01(v);
  }
}

template <class T>
HWY_INLINE void Unsharp(const T* HWY_RESTRICT x, const T* HWY_RESTRICT g, float amount, float threshold,
                        int n, T* HWY_RESTRICT out) {
  const float low = threshold / 2, inverse = 1 / Most(threshold - low, 1e-6F);
  for (int i = 0; i < n; ++i) {
    const float v = static_cast<float>(x[i]), d = v - static_cast<float>(g[i]);
    const float s = threshold > 0 ? Clamp01((Magnitude(d) - low) * inverse) : 1.F;
    out[i] = Put<T>(v + amount * s * d);
  }
}

template <class T>
HWY_INLINE void Blend(const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, float share, int n,
                      T* HWY_RESTRICT out) {
  for (int i = 0; i < n; ++i)
    out[i] = Put<T>(static_cast<float>(a[i]) + share * (static_cast<float>(b[i]) - static_cast<float>(a[i])));
}

void UnsharpBytes(const std::uint8_t* x, const std::uint8_t* g, float amount, float threshold, int n,
                  std::uint8_t* out) {
  Unsharp(x, g, amount, threshold, n, out);
}
void UnsharpFloats(const float* x, const float* g, float amount, float threshold, int n, float* out) {
  Unsharp(x, g, amount, threshold, n, out);
}
void BlendBytes(const std::uint8_t* a, const std::uint8_t* b, float share, int n, std::uint8_t* out) {
  Blend(a, b, share, n, out);
}
void BlendFloats(const float* a, const float* b, float share, int n, float* out) {
  Blend(a, b, share, n, out);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(UnsharpBytes);
HWY_EXPORT(UnsharpFloats);
HWY_EXPORT(BlendBytes);
HWY_EXPORT(BlendFloats);

void unsharp_row(const std::uint8_t* x, const std::uint8_t* g, float amount, float threshold, int n,
                 std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(UnsharpBytes)(x, g, amount, 255 * threshold, n, out);
}
void unsharp_row(const float* x, const float* g, float amount, float threshold, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(UnsharpFloats)(x, g, amount, threshold, n, out);
}
void blend_row(const std::uint8_t* a, const std::uint8_t* b, float share, int n, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(BlendBytes)(a, b, share, n, out);
}
void blend_row(const float* a, const float* b, float share, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(BlendFloats)(a, b, share, n, out);
}

}  // namespace doppel::augment
#endif
