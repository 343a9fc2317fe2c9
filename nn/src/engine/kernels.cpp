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

/// Planes are worked on as 16 interleaved sums, so that they vectorise without changing the order of
/// additions.
constexpr int kLanes = 16;

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

/// Sums of v and w over one group's pixels, into kWidth floats each: values(i, c) gives both for number i,
/// which is of channel c. kWidth is the format's block; planes, which have one channel, are summed kLanes
/// wide. Several sums run side by side, since one alone waits for each addition.
template <int kWidth, bool kPlanes, class Values>
HWY_INLINE void PixelSums(int count, const Values& values, float* HWY_RESTRICT sums_v,
                          float* HWY_RESTRICT sums_w) {
  constexpr int kSideBySide = 4, kStride = kSideBySide * kWidth;
  float v[kSideBySide][kWidth] = {}, w[kSideBySide][kWidth] = {};
  const int whole = count / kStride * kStride;
  int i = 0;
  for (; i < whole; i += kStride)
    for (int s = 0; s < kSideBySide; ++s)
      for (int c = 0; c < kWidth; ++c) {
        const auto [a, b] = values(i + s * kWidth + c, kPlanes ? 0 : c);
        v[s][c] += a;
        w[s][c] += b;
      }
  for (; i < count; ++i) {
    const int c = i % kWidth;
    const auto [a, b] = values(i, kPlanes ? 0 : c);
    v[0][c] += a;
    w[0][c] += b;
  }
  for (int c = 0; c < kWidth; ++c) {
    sums_v[c] = (v[0][c] + v[1][c]) + (v[2][c] + v[3][c]);
    sums_w[c] = (w[0][c] + w[1][c]) + (w[2][c] + w[3][c]);
  }
}

struct TwoFloats {
  float v, w;
};

/// Sums of x - k and its square.
template <int kWidth, bool kPlanes, class T>
void PixelMoments(const T* HWY_RESTRICT x, int count, const float* k, float* HWY_RESTRICT sums,
                  float* HWY_RESTRICT squares) {
  float shift[kWidth];
  for (int c = 0; c < kWidth; ++c) shift[c] = k[kPlanes ? 0 : c];
  PixelSums<kWidth, kPlanes>(
      count,
      [&](int i, int c) {
        const float d = static_cast<float>(x[i]) - shift[c];
        return TwoFloats{d, d * d};
      },
      sums, squares);
}

/// Sums of d, and of d · (x - k).
template <int kWidth, bool kPlanes, class X, class Y>
void PixelGradSums(const X* HWY_RESTRICT x, int count, const float* k, const Y* HWY_RESTRICT d,
                   float* HWY_RESTRICT sums, float* HWY_RESTRICT dots) {
  float shift[kWidth];
  for (int c = 0; c < kWidth; ++c) shift[c] = k[kPlanes ? 0 : c];
  PixelSums<kWidth, kPlanes>(
      count,
      [&](int i, int c) {
        const auto v = static_cast<float>(d[i]);
        return TwoFloats{v, v * (static_cast<float>(x[i]) - shift[c])};
      },
      sums, dots);
}

/// The same, where d is first multiplied by the rectifier's slope.
template <int kWidth, bool kPlanes, class X, class Y>
void PixelRectifiedGradSums(const X* HWY_RESTRICT x, const Y* HWY_RESTRICT y, int count, const float* k,
                            float slope, Y* HWY_RESTRICT d, float* HWY_RESTRICT sums,
                            float* HWY_RESTRICT dots) {
  float shift[kWidth];
  for (int c = 0; c < kWidth; ++c) shift[c] = k[kPlanes ? 0 : c];
  PixelSums<kWidth, kPlanes>(
      count,
      [&](int i, int c) {
        const float v = static_cast<float>(d[i]) * (static_cast<float>(y[i]) > 0 ? 1.F : slope);
        d[i] = v;
        return TwoFloats{v, v * (static_cast<float>(x[i]) - shift[c])};
      },
      sums, dots);
}

template <int kWidth, bool kPlanes, class X, class Y>
void RowGradSums(const X* x, const Y* y, int count, const float* k, float slope, Y* d, float* sums,
                 float* dots) {
  if (slope == 1)
    PixelGradSums<kWidth, kPlanes>(x, count, k, d, sums, dots);
  else
    PixelRectifiedGradSums<kWidth, kPlanes>(x, y, count, k, slope, d, sums, dots);
}

template <class T>
void MomentsOf(const ChannelLayout& l, const T* x, double* mean, double* m2) {
  const int width = l.block == 1 ? kLanes : l.block;
  const std::size_t group_floats = static_cast<std::size_t>(l.pixels) * l.block;
  for (int g = 0; g < l.groups; ++g) {
    float shift[kLanes];  // the first pixel: near the mean, so little is lost in the squares
    for (int c = 0; c < l.block; ++c) shift[c] = static_cast<float>(x[g * group_floats + c]);
    double sum[kLanes] = {}, square[kLanes] = {};
    for (int r = 0; r < l.rows; ++r) {
      float s[kLanes], q[kLanes];
      const T* row = x + (static_cast<std::size_t>(r) * l.groups + g) * group_floats;
      const int count = l.pixels * l.block;
      if (l.block == 8)
        PixelMoments<8, false>(row, count, shift, s, q);
      else if (l.block == 16)
        PixelMoments<16, false>(row, count, shift, s, q);
      else
        PixelMoments<kLanes, true>(row, count, shift, s, q);
      for (int c = 0; c < width; ++c) {
        sum[l.block == 1 ? 0 : c] += static_cast<double>(s[c]);
        square[l.block == 1 ? 0 : c] += static_cast<double>(q[c]);
      }
    }
    const double n = static_cast<double>(l.rows) * l.pixels;
    for (int c = 0; c < l.block; ++c) {
      mean[g * l.block + c] = static_cast<double>(shift[c]) + sum[c] / n;
      m2[g * l.block + c] = std::max(0.0, square[c] - sum[c] * sum[c] / n);
    }
  }
}

void BnMoments(const ChannelLayout& l, const Numbers& x, double* mean, double* m2) {
  Typed(x, [&](auto* px) { MomentsOf(l, px, mean, m2); });
}

template <class X, class Y>
void Normalize(const ChannelLayout& l, const X* HWY_RESTRICT x, const float* scale, const float* shift,
               float slope, Y* HWY_RESTRICT y) {
  const int n = l.pixels * l.block, width = l.block == 1 ? 1 : l.block;
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g, x += n, y += n) {
      const float *a = scale + g * l.block, *b = shift + g * l.block;
      if (width == 1) {
        for (int i = 0; i < n; ++i) {
          const float v = a[0] * static_cast<float>(x[i]) + b[0];
          y[i] = std::max(v, 0.F) + slope * std::min(v, 0.F);
        }
      } else {
        for (int i = 0; i < n; i += width)
          for (int c = 0; c < width; ++c) {
            const float v = a[c] * static_cast<float>(x[i + c]) + b[c];
            y[i + c] = std::max(v, 0.F) + slope * std::min(v, 0.F);
          }
      }
    }
}

void BnApply(const ChannelLayout& l, const Numbers& x, const float* scale, const float* shift, float slope,
             const Numbers& y) {
  Typed(x, y, [&](auto* px, auto* py) { Normalize(l, px, scale, shift, slope, py); });
}

template <class X, class Y>
void GradSums(const ChannelLayout& l, const X* x, const Y* y, const float* center, const float* inverse,
              float slope, Y* dy, double* sum_dy, double* sum_dy_xhat) {
  const int n = l.pixels * l.block, width = l.block == 1 ? kLanes : l.block;
  for (int g = 0; g < l.groups; ++g) {
    const float *k = center + g * l.block, *inv = inverse + g * l.block;
    double sum[kLanes] = {}, dot[kLanes] = {};
    for (int r = 0; r < l.rows; ++r) {
      const std::size_t at = (static_cast<std::size_t>(r) * l.groups + g) * n;
      float s[kLanes], q[kLanes];
      if (l.block == 8)
        RowGradSums<8, false>(x + at, y + at, n, k, slope, dy + at, s, q);
      else if (l.block == 16)
        RowGradSums<16, false>(x + at, y + at, n, k, slope, dy + at, s, q);
      else
        RowGradSums<kLanes, true>(x + at, y + at, n, k, slope, dy + at, s, q);
      for (int c = 0; c < width; ++c) {
        sum[l.block == 1 ? 0 : c] += static_cast<double>(s[c]);
        dot[l.block == 1 ? 0 : c] += static_cast<double>(q[c]);
      }
    }
    for (int c = 0; c < l.block; ++c) {
      sum_dy[g * l.block + c] = sum[c];
      sum_dy_xhat[g * l.block + c] = dot[c] * static_cast<double>(inv[c]);
    }
  }
}

void BnBackwardSums(const ChannelLayout& l, const Numbers& x, const Numbers& y, const float* center,
                    const float* inverse, float slope, const Numbers& dy, double* sum_dy,
                    double* sum_dy_xhat) {
  Typed(x, y, [&](auto* px, auto* py) {
    GradSums(l, px, py, center, inverse, slope, static_cast<decltype(py)>(dy.at), sum_dy, sum_dy_xhat);
  });
}

template <class X, class Y>
void GradApply(const ChannelLayout& l, const X* HWY_RESTRICT x, const Y* HWY_RESTRICT dy, const float* center,
               const float* inverse, const float* scale, const float* grad_mean, const float* grad_slope,
               X* HWY_RESTRICT dx) {
  const int n = l.pixels * l.block;
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g, x += n, dy += n, dx += n) {
      float a[kLanes], b[kLanes], e[kLanes];  // dx = a·dy + b·x + e
      for (int c = 0; c < l.block; ++c) {
        const int ch = g * l.block + c;
        a[c] = scale[ch];
        b[c] = -scale[ch] * inverse[ch] * grad_slope[ch];
        e[c] = -scale[ch] * grad_mean[ch] - b[c] * center[ch];
      }
      if (l.block == 1) {
        for (int i = 0; i < n; ++i)
          dx[i] = a[0] * static_cast<float>(dy[i]) + b[0] * static_cast<float>(x[i]) + e[0];
      } else {
        for (int i = 0; i < n; i += l.block)
          for (int c = 0; c < l.block; ++c)
            dx[i + c] = a[c] * static_cast<float>(dy[i + c]) + b[c] * static_cast<float>(x[i + c]) + e[c];
      }
    }
}

void BnBackwardApply(const ChannelLayout& l, const Numbers& x, const Numbers& dy, const float* center,
                     const float* inverse, const float* scale, const float* grad_mean,
                     const float* grad_slope, const Numbers& dx) {
  Typed(x, dy, [&](auto* px, auto* pdy) {
    GradApply(l, px, pdy, center, inverse, scale, grad_mean, grad_slope, static_cast<decltype(px)>(dx.at));
  });
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
HWY_EXPORT(BnMoments);
HWY_EXPORT(BnApply);
HWY_EXPORT(BnBackwardSums);
HWY_EXPORT(BnBackwardApply);
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
void bn_moments(const ChannelLayout& layout, Numbers x, double* mean, double* m2) {
  HWY_DYNAMIC_DISPATCH(BnMoments)(layout, x, mean, m2);
}
void bn_apply(const ChannelLayout& layout, Numbers x, const float* scale, const float* shift, float slope,
              Numbers y) {
  HWY_DYNAMIC_DISPATCH(BnApply)(layout, x, scale, shift, slope, y);
}
void bn_backward_sums(const ChannelLayout& layout, Numbers x, Numbers y, const float* center,
                      const float* inverse, float slope, Numbers dy, double* sum_dy, double* sum_dy_xhat) {
  expect_one_type(y, dy);
  HWY_DYNAMIC_DISPATCH(BnBackwardSums)(layout, x, y, center, inverse, slope, dy, sum_dy, sum_dy_xhat);
}
void bn_backward_apply(const ChannelLayout& layout, Numbers x, Numbers dy, const float* center,
                       const float* inverse, const float* scale, const float* grad_mean,
                       const float* grad_slope, Numbers dx) {
  expect_one_type(x, dx);
  HWY_DYNAMIC_DISPATCH(BnBackwardApply)(layout, x, dy, center, inverse, scale, grad_mean, grad_slope, dx);
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
