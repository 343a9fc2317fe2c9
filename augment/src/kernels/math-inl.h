// Elementary functions for plain loops that the compiler vectorises; included once per target.
#include <bit>
#include <cstdint>

#if defined(DOPPEL_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_MATH_INL_H_
#undef DOPPEL_MATH_INL_H_
#else
#define DOPPEL_MATH_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {

HWY_INLINE float Clamp01(float v) {
  v = v > 0 ? v : 0;
  return v < 1 ? v : 1;
}
HWY_INLINE float Least(float a, float b) { return a < b ? a : b; }
HWY_INLINE float Most(float a, float b) { return a > b ? a : b; }
HWY_INLINE float Magnitude(float a) { return a < 0 ? -a : a; }

/// For |v| < 2^31.
HWY_INLINE float Floor(float v) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  return __builtin_floorf(v);
#else
  const float t = static_cast<float>(static_cast<std::int32_t>(v));
  return t > v ? t - 1 : t;
#endif
}

/// 0 below `edge0`, 1 above `edge1`, smooth between.
HWY_INLINE float Smooth(float edge0, float edge1, float x) {
  const float t = Clamp01((x - edge0) / (edge1 - edge0));
  return t * t * (3 - 2 * t);
}

/// Natural logarithm of a positive normal number, 3e-6 absolute (atanh series on [sqrt(1/2), sqrt(2)]).
HWY_INLINE float Log(float x) {
  std::int32_t bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - 0x3f3504f3) >> 23;
  bits -= exponent * (1 << 23);
  const float m = std::bit_cast<float>(bits) - 1;
  const float s = m / (2 + m), s2 = s * s;
  const float p = 2 * s * (1 + s2 * (0.33333333F + s2 * 0.2F));
  return p + static_cast<float>(exponent) * 0.69314718F;
}

/// e^x, 2e-6 relative; 0 below -80, at most e^80.
HWY_INLINE float Exp(float x) {
  const float t = Least(Most(x, -80), 80) * 1.44269504F;
  const float whole = Floor(t + 0.5F);
  const float f = (t - whole) * 0.69314718F;
  const float p =
      1 +
      f * (1 + f * (0.5F + f * (0.16666667F + f * (0.041666667F + f * (0.0083333333F + f * 0.0013888889F)))));
  return p * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

/// x^y for x >= 0; 0 for x = 0.
HWY_INLINE float Power(float x, float y) { return x > 1e-30F ? Exp(y * Log(x > 1e-30F ? x : 1e-30F)) : 0.F; }

/// sin(2πu) for |u| <= 1/4, 1e-6.
HWY_INLINE float SinQuarter(float u) {
  const float u2 = u * u;
  return u * (6.28316404F + u2 * (-41.3371424F + u2 * (81.3407689F - u2 * 70.9934332F)));
}
/// sin(2πt) for any t of moderate size.
HWY_INLINE float SinTurn(float t) {
  const float u = t - Floor(t + 0.5F);
  return SinQuarter(u > 0.25F ? 0.5F - u : u < -0.25F ? -0.5F - u : u);
}
HWY_INLINE float CosTurn(float t) { return SinTurn(t + 0.25F); }

HWY_INLINE std::uint32_t MixWord(std::uint32_t x) {  // Wellons' lowbias32
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();
#endif
