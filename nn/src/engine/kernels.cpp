#include "kernels.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

void ToBf16(std::uint16_t* to, const float* HWY_RESTRICT from, std::size_t count) {
  auto* HWY_RESTRICT bf16_numbers = reinterpret_cast<Bf16*>(to);
  for (std::size_t i = 0; i < count; ++i) bf16_numbers[i] = from[i];
}

void AddBias(const ChannelLayout& l, int channels, const float* bias, const Numbers& out) {
  Typed(out, [&](auto* y) {
    for (int r = 0; r < l.rows; ++r)
      for (int g = 0; g < l.groups; ++g)
        for (int p = 0; p < l.pixels; ++p, y += l.block)
          for (int b = 0; b < std::min(l.block, channels - g * l.block); ++b)
            y[b] = static_cast<float>(y[b]) + bias[g * l.block + b];
  });
}

void BiasGradient(const ChannelLayout& l, int channels, const Numbers& gradient, float* HWY_RESTRICT db) {
  std::fill_n(db, channels, 0.F);
  Typed(gradient, [&](auto* dy) {
    for (int r = 0; r < l.rows; ++r)
      for (int g = 0; g < l.groups; ++g)
        for (int p = 0; p < l.pixels; ++p, dy += l.block)
          for (int b = 0; b < std::min(l.block, channels - g * l.block); ++b)
            db[g * l.block + b] += static_cast<float>(dy[b]);
  });
}

void AllFinite(const Numbers& values, std::size_t count, bool& finite) {
  // A number times 0 is 0, anything else isn't.
  float sum = 0;
  Typed(values, [&](auto* p) {
    for (std::size_t i = 0; i < count; ++i) sum += 0 * static_cast<float>(p[i]);
  });
  finite = sum == 0;
}

/// Blocks are known when it's compiled, so that sums stay in registers.
template <int kBlock, class T>
void MeansOf(const ChannelLayout& l, const T* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const float share = 1.F / static_cast<float>(l.pixels);
  for (int plane = 0; plane < l.rows * l.groups; ++plane, y += kBlock) {
    float sums[kBlock] = {};
    for (int p = 0; p < l.pixels; ++p, x += kBlock)
      for (int c = 0; c < kBlock; ++c) sums[c] += static_cast<float>(x[c]);
    for (int c = 0; c < kBlock; ++c) y[c] = sums[c] * share;
  }
}
void ChannelMeans(const ChannelLayout& l, const Numbers& x, float* y) {
  Typed(x, [&](auto* px) {
    if (l.block == 16)
      MeansOf<16>(l, px, y);
    else if (l.block == 8)
      MeansOf<8>(l, px, y);
    else
      MeansOf<1>(l, px, y);
  });
}

template <class T>
void SpreadMeans(const ChannelLayout& l, const float* HWY_RESTRICT dy, T* HWY_RESTRICT dx) {
  const float share = 1.F / static_cast<float>(l.pixels);
  for (int plane = 0; plane < l.rows * l.groups; ++plane, dy += l.block)
    for (int p = 0; p < l.pixels; ++p, dx += l.block)
      for (int c = 0; c < l.block; ++c) dx[c] = dy[c] * share;
}
void ChannelMeansBackward(const ChannelLayout& l, const float* dy, const Numbers& dx) {
  Typed(dx, [&](auto* pdx) { SpreadMeans(l, dy, pdx); });
}

void SgdUpdate(float* HWY_RESTRICT w, const float* HWY_RESTRICT g, float* HWY_RESTRICT v, std::size_t count,
               const SgdScalars& scalars) {
  const SgdScalars s = scalars;
  const float now = s.nesterov ? s.rate : 0, moved = s.nesterov ? s.rate * s.momentum : s.rate;
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = s.clip_factor * g[i] + s.l2 * w[i];
    v[i] = s.momentum * v[i] + gradient;
    w[i] = w[i] - moved * v[i] - now * gradient;
  }
}

void RmsPropUpdate(float* HWY_RESTRICT w, const float* HWY_RESTRICT g, float* HWY_RESTRICT m,
                   float* HWY_RESTRICT v, std::size_t count, const RmsPropScalars& scalars) {
  const RmsPropScalars s = scalars;
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = s.clip_factor * g[i] + s.l2 * w[i];
    v[i] = s.square_decay * v[i] + (1 - s.square_decay) * gradient * gradient;
    m[i] = s.momentum * m[i] + gradient / (std::sqrt(v[i]) + s.epsilon);
    w[i] -= s.rate * m[i];
  }
}

void AdamUpdate(float* HWY_RESTRICT w, const float* HWY_RESTRICT g, float* HWY_RESTRICT m,
                float* HWY_RESTRICT v, std::size_t count, const AdamScalars& scalars) {
  const AdamScalars s = scalars;
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = s.clip_factor * g[i] + s.l2 * w[i];
    m[i] = s.beta1 * m[i] + (1 - s.beta1) * gradient;
    v[i] = s.beta2 * v[i] + (1 - s.beta2) * gradient * gradient;
    w[i] = w[i] - s.decoupled_decay * w[i] - s.rate * m[i] / (std::sqrt(v[i]) + s.epsilon);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(AllFinite);
HWY_EXPORT(ChannelMeans);
HWY_EXPORT(ChannelMeansBackward);
HWY_EXPORT(ToBf16);
HWY_EXPORT(AddBias);
HWY_EXPORT(BiasGradient);
HWY_EXPORT(SgdUpdate);
HWY_EXPORT(RmsPropUpdate);
HWY_EXPORT(AdamUpdate);

void to_bf16(std::uint16_t* to, const float* from, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(ToBf16)(to, from, count);
}
void add_bias(const ChannelLayout& layout, int channels, const float* bias, Numbers y) {
  HWY_DYNAMIC_DISPATCH(AddBias)(layout, channels, bias, y);
}
void bias_gradient(const ChannelLayout& layout, int channels, Numbers dy, float* db) {
  HWY_DYNAMIC_DISPATCH(BiasGradient)(layout, channels, dy, db);
}
bool all_finite(Numbers values, std::size_t count) {
  bool finite = true;
  HWY_DYNAMIC_DISPATCH(AllFinite)(values, count, finite);
  return finite;
}
void channel_means(const ChannelLayout& layout, Numbers x, float* y) {
  HWY_DYNAMIC_DISPATCH(ChannelMeans)(layout, x, y);
}
void channel_means_backward(const ChannelLayout& layout, const float* dy, Numbers dx) {
  HWY_DYNAMIC_DISPATCH(ChannelMeansBackward)(layout, dy, dx);
}
void sgd_update(float* w, const float* g, float* v, std::size_t count, const SgdScalars& s) {
  HWY_DYNAMIC_DISPATCH(SgdUpdate)(w, g, v, count, s);
}
void rms_prop_update(float* w, const float* g, float* m, float* v, std::size_t count,
                     const RmsPropScalars& s) {
  HWY_DYNAMIC_DISPATCH(RmsPropUpdate)(w, g, m, v, count, s);
}
void adam_update(float* w, const float* g, float* m, float* v, std::size_t count, const AdamScalars& s) {
  HWY_DYNAMIC_DISPATCH(AdamUpdate)(w, g, m, v, count, s);
}

}  // namespace doppel::nn::engine
#endif
