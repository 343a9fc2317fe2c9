#include "curves.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/curves.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"
#include "curve-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

template <Curve kCurve, class X, class Y>
void ValuesOf(const X* HWY_RESTRICT x, std::size_t count, Y* HWY_RESTRICT y) {
  for (std::size_t i = 0; i < count; ++i) y[i] = CurveOf<kCurve>(static_cast<float>(x[i]));
}
void CurveValues(Curve curve, const Numbers& x, std::size_t count, const Numbers& y) {
  WithCurve(curve,
            [&](auto which) { Typed(x, y, [&](auto* px, auto* py) { ValuesOf<which()>(px, count, py); }); });
}

template <Curve kCurve, class X, class Y>
void GradientsOf(const X* HWY_RESTRICT x, const Y* HWY_RESTRICT dy, std::size_t count, X* HWY_RESTRICT dx) {
  for (std::size_t i = 0; i < count; ++i)
    dx[i] = static_cast<float>(dy[i]) * SlopeOf<kCurve>(static_cast<float>(x[i]));
}
void CurveGradients(Curve curve, const Numbers& x, const Numbers& dy, std::size_t count, const Numbers& dx) {
  WithCurve(curve, [&](auto which) {
    Typed(x, dy, [&](auto* px, auto* pdy) {
      GradientsOf<which()>(px, pdy, count, static_cast<decltype(px)>(dx.at));
    });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(CurveValues);
HWY_EXPORT(CurveGradients);

std::optional<Curve> curve_of(const Layer& layer) {
  if (std::holds_alternative<ReLU6>(layer)) return Curve::ReLU6;
  if (std::holds_alternative<Sigmoid>(layer)) return Curve::Sigmoid;
  if (std::holds_alternative<HardSigmoid>(layer)) return Curve::HardSigmoid;
  if (std::holds_alternative<HardSwish>(layer)) return Curve::HardSwish;
  if (std::holds_alternative<SiLU>(layer)) return Curve::SiLU;
  return std::nullopt;
}

void curve_values(Curve curve, Numbers x, std::size_t count, Numbers y) {
  HWY_DYNAMIC_DISPATCH(CurveValues)(curve, x, count, y);
}
void curve_gradients(Curve curve, Numbers x, Numbers dy, std::size_t count, Numbers dx) {
  expect_one_type(x, dx);
  HWY_DYNAMIC_DISPATCH(CurveGradients)(curve, x, dy, count, dx);
}

}  // namespace doppel::nn::engine
#endif
