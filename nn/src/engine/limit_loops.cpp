#include "limit_loops.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/limit_loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Twelve sums: more than two units of four cycles each need, and few enough for 16 registers.
Products FloatProducts(int turns) {
  constexpr int kSums = 12;
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const V half = hn::Set(d, 0.5F), one = hn::Set(d, 1.F);
  V sums[kSums];
  for (V& sum : sums) sum = hn::Zero(d);
  for (int turn = 0; turn < turns; ++turn)
    for (int i = 0; i < kSums; ++i) sums[i] = hn::MulAdd(sums[i], half, one);
  for (int i = 1; i < kSums; ++i) sums[0] = hn::Add(sums[0], sums[i]);
  return {2.0 * kSums * static_cast<double>(hn::Lanes(d)) * turns, hn::GetLane(sums[0])};
}

void Scale(float* HWY_RESTRICT numbers, std::size_t count, float factor) {
  for (std::size_t i = 0; i < count; ++i) numbers[i] *= factor;
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(FloatProducts);
HWY_EXPORT(Scale);

Products float_products(int turns) { return HWY_DYNAMIC_DISPATCH(FloatProducts)(turns); }
void scale(float* numbers, std::size_t count, float factor) {
  HWY_DYNAMIC_DISPATCH(Scale)(numbers, count, factor);
}

}  // namespace doppel::nn::engine
#endif
