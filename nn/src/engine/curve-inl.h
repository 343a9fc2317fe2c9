// Activations and their derivatives, number by number, as loops use them. Included per target.
#if defined(DOPPEL_NN_CURVE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_NN_CURVE_INL_H_
#undef DOPPEL_NN_CURVE_INL_H_
#else
#define DOPPEL_NN_CURVE_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "curves.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

constexpr float kFar = 64;

/// 1 / (1 + exp(-x)), by exp to 2e-7 of it: 2^n · exp(r), |r| <= ln(2) / 2, by Taylor's series. No branch, so
/// that loops vectorise. Beyond 64 it stays what it is there, 2e-28 from 0 or 1: what compilers make of a
/// bound is a constant that they multiply all numbers by, and where that is no normal float (exp(-88)),
/// Intel's processors take eight times as long for each.
HWY_INLINE float SigmoidOf(float x) {
  x = std::min(std::max(-x, -kFar), kFar);
  constexpr float kToWhole = 12582912.F;  // 1.5 · 2^23: adding it leaves no fraction
  const float n = (x * 1.44269504F + kToWhole) - kToWhole, r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  float sum = 1.F / 720;
  sum = sum * r + 1.F / 120;
  sum = sum * r + 1.F / 24;
  sum = sum * r + 1.F / 6;
  sum = sum * r + 0.5F;
  sum = sum * r + 1.F;
  sum = sum * r + 1.F;
  const auto power = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23;
  return 1.F / (1.F + sum * std::bit_cast<float>(power));
}

template <Curve kCurve>
HWY_INLINE float CurveOf(float x) {
  if constexpr (kCurve == Curve::ReLU6) return std::min(std::max(x, 0.F), 6.F);
  const float ramp = std::min(std::max(x * (1.F / 6) + 0.5F, 0.F), 1.F);
  if constexpr (kCurve == Curve::HardSigmoid) return ramp;
  if constexpr (kCurve == Curve::HardSwish) return x * ramp;
  if constexpr (kCurve == Curve::Sigmoid) return SigmoidOf(x);
  if constexpr (kCurve == Curve::SiLU) return std::max(x, -kFar) * SigmoidOf(x);
  return x;
}

template <Curve kCurve>
HWY_INLINE float SlopeOf(float x) {
  if constexpr (kCurve == Curve::ReLU6) return x > 0.F && x < 6.F ? 1.F : 0.F;
  if constexpr (kCurve == Curve::HardSigmoid) return x > -3.F && x < 3.F ? 1.F / 6 : 0.F;
  if constexpr (kCurve == Curve::HardSwish) {
    const float middle = x * (1.F / 3) + 0.5F;
    return x <= -3.F ? 0.F : x >= 3.F ? 1.F : middle;
  }
  if constexpr (kCurve == Curve::Sigmoid) {
    const float gate = SigmoidOf(x);
    return gate * (1.F - gate);
  }
  if constexpr (kCurve == Curve::SiLU) {
    const float gate = SigmoidOf(x);
    return gate * (1.F + std::max(x, -kFar) * (1.F - gate));
  }
  return 1;
}

/// Calls f with the curve as a constant, std::integral_constant<Curve, …>.
template <class F>
HWY_INLINE void WithCurve(Curve curve, const F& f) {
  if (curve == Curve::ReLU6) f(std::integral_constant<Curve, Curve::ReLU6>());
  if (curve == Curve::Sigmoid) f(std::integral_constant<Curve, Curve::Sigmoid>());
  if (curve == Curve::HardSigmoid) f(std::integral_constant<Curve, Curve::HardSigmoid>());
  if (curve == Curve::HardSwish) f(std::integral_constant<Curve, Curve::HardSwish>());
  if (curve == Curve::SiLU) f(std::integral_constant<Curve, Curve::SiLU>());
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#endif
