#include "norm_loops.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/norm_loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Planes, which have one channel, are worked on as 16 numbers side by side, so that they vectorise without
/// changing the order of additions.
constexpr int kPlaneWidth = 16;

/// kWidth numbers side by side, in kParts vectors: a pixel of a block, or so many pixels of a plane.
template <int kWidth>
struct Side {
  using D = hn::CappedTag<float, kWidth>;
  using V = hn::Vec<D>;
  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(D())), kParts = kWidth / kLanes;
};

/// What each channel is multiplied by, or gets added.
template <int kWidth, bool kPlanes>
struct PerChannel {
  using S = Side<kWidth>;
  explicit PerChannel(const float* values) {
    for (int part = 0; part < S::kParts; ++part)
      v[part] = kPlanes ? hn::Set(typename S::D(), values[0])
                        : hn::LoadU(typename S::D(), values + part * S::kLanes);
  }
  typename S::V v[S::kParts];
};

/// f of x and of dy, which may be the same, number by number.
template <int kWidth, class X, class Y, class Z, class F>
HWY_INLINE void MapNumbers(const X* HWY_RESTRICT x, const Y* HWY_RESTRICT dy, int count, const F& f,
                           Z* HWY_RESTRICT to) {
  using S = Side<kWidth>;
  const typename S::D d;
  const auto one = [&](const X* from, const Y* from_dy, Z* into) {
    for (int part = 0; part < S::kParts; ++part) {
      const int at = part * S::kLanes;
      StoreFloats(f(LoadFloats(d, from + at), LoadFloats(d, from_dy + at), part), d, into + at);
    }
  };
  int i = 0;
  for (; i + kWidth <= count; i += kWidth) one(x + i, dy + i, to + i);
  if (i == count) return;
  X some[kWidth] = {};  // what is left of a plane
  Y some_dy[kWidth] = {};
  Z made[kWidth];
  std::copy_n(x + i, count - i, some);
  std::copy_n(dy + i, count - i, some_dy);
  one(some, some_dy, made);
  std::copy_n(made, count - i, to + i);
}

/// Sums of two numbers that `values` makes of each x and dy, into kWidth floats each. Several sums run side
/// by side, since one alone waits for each addition.
template <int kWidth, class X, class Y, class Values>
HWY_INLINE void NumberSums(const X* HWY_RESTRICT x, const Y* HWY_RESTRICT dy, int count, const Values& values,
                           float* HWY_RESTRICT sums_v, float* HWY_RESTRICT sums_w) {
  using S = Side<kWidth>;
  constexpr int kSideBySide = 4, kStride = kSideBySide * kWidth;
  const typename S::D d;
  typename S::V v[kSideBySide][S::kParts], w[kSideBySide][S::kParts];
  for (int s = 0; s < kSideBySide; ++s)
    for (int part = 0; part < S::kParts; ++part) v[s][part] = w[s][part] = hn::Zero(d);
  const auto add = [&](int s, const X* from, const Y* from_dy, int left) {
    for (int part = 0; part < S::kParts; ++part) {
      const int at = part * S::kLanes;
      auto [a, b] = values(LoadFloats(d, from + at), LoadFloats(d, from_dy + at), part);
      if (left < kWidth) {
        const auto real = hn::FirstN(d, static_cast<std::size_t>(std::clamp(left - at, 0, S::kLanes)));
        a = hn::IfThenElseZero(real, a);
        b = hn::IfThenElseZero(real, b);
      }
      v[s][part] = hn::Add(v[s][part], a);
      w[s][part] = hn::Add(w[s][part], b);
    }
  };
  int i = 0;
  for (; i + kStride <= count; i += kStride)
    for (int s = 0; s < kSideBySide; ++s) add(s, x + i + s * kWidth, dy + i + s * kWidth, kWidth);
  for (; i + kWidth <= count; i += kWidth) add(0, x + i, dy + i, kWidth);
  if (i < count) {
    X some[kWidth] = {};
    Y some_dy[kWidth] = {};
    std::copy_n(x + i, count - i, some);
    std::copy_n(dy + i, count - i, some_dy);
    add(0, some, some_dy, count - i);
  }
  const auto total = [&](auto& of, float* to) {
    for (int part = 0; part < S::kParts; ++part)
      hn::StoreU(hn::Add(hn::Add(of[0][part], of[1][part]), hn::Add(of[2][part], of[3][part])), d,
                 to + part * S::kLanes);
  };
  total(v, sums_v);
  total(w, sums_w);
}

template <class V>
struct Two {
  V v, w;
};

/// What becomes of numbers below 0: nothing, 0, or a part of them.
enum class Below { Kept, Zero, Sloped };

/// f'(scale · x + shift) times dy.
template <int kWidth, bool kPlanes, Below kBelow>
class Rectified {
 public:
  using S = Side<kWidth>;
  using V = typename S::V;
  explicit Rectified(const ChannelAffine& of, int channel)
      : scale_(kBelow == Below::Kept ? kNone : of.scale + channel),
        shift_(kBelow == Below::Kept ? kNone : of.shift + channel),
        slope_(hn::Set(typename S::D(), of.slope)) {}
  HWY_INLINE V operator()(V x, V dy, int part) const {
    if constexpr (kBelow == Below::Kept) return dy;
    const auto above = hn::Gt(hn::Add(hn::Mul(scale_.v[part], x), shift_.v[part]), hn::Zero(typename S::D()));
    if constexpr (kBelow == Below::Zero) return hn::IfThenElseZero(above, dy);
    return hn::IfThenElse(above, dy, hn::Mul(dy, slope_));
  }

 private:
  static constexpr float kNone[kWidth] = {};
  PerChannel<kWidth, kPlanes> scale_, shift_;
  V slope_;
};

/// Calls f(width, planes) with a layout's as constants.
template <class F>
HWY_INLINE void WithWidth(int block, const F& f) {
  if (block == 16)
    f(std::integral_constant<int, 16>(), std::false_type());
  else if (block == 8)
    f(std::integral_constant<int, 8>(), std::false_type());
  else
    f(std::integral_constant<int, kPlaneWidth>(), std::true_type());
}

/// Where the numbers of a row's group begin.
HWY_INLINE std::size_t PlaceOf(const ChannelLayout& l, int row, int group) {
  return (static_cast<std::size_t>(row) * static_cast<std::size_t>(l.groups) +
          static_cast<std::size_t>(group)) *
         static_cast<std::size_t>(l.pixels) * static_cast<std::size_t>(l.block);
}

/// of_row(r, v, w) gives a row's sums side by side; they are added to those of a channel in the order of
/// rows.
template <int kWidth, bool kPlanes, class F>
HWY_INLINE void SumsOverRows(int rows, const F& of_row, double* v, double* w) {
  for (int r = 0; r < rows; ++r) {
    float row_v[kWidth] = {}, row_w[kWidth] = {};
    of_row(r, row_v, row_w);
    for (int c = 0; c < kWidth; ++c) {
      v[kPlanes ? 0 : c] += static_cast<double>(row_v[c]);
      w[kPlanes ? 0 : c] += static_cast<double>(row_w[c]);
    }
  }
}

template <int kWidth, bool kPlanes, class T>
void MomentsOf(const ChannelLayout& l, const T* x, double* mean, double* m2) {
  using V = typename Side<kWidth>::V;
  const double n = static_cast<double>(l.rows) * l.pixels;
  for (int g = 0; g < l.groups; ++g, mean += l.block, m2 += l.block) {
    float first[kWidth] = {};  // the first pixel: near the mean, so little is lost in the squares
    for (int c = 0; c < l.block; ++c) first[c] = static_cast<float>(x[PlaceOf(l, 0, g) + c]);
    const PerChannel<kWidth, kPlanes> shift(first);
    const auto values = [&](V from, V, int part) {
      const V off = hn::Sub(from, shift.v[part]);
      return Two<V>{off, hn::Mul(off, off)};
    };
    double sum[kWidth] = {}, square[kWidth] = {};
    SumsOverRows<kWidth, kPlanes>(
        l.rows,
        [&](int r, float* v, float* w) {
          const T* row = x + PlaceOf(l, r, g);
          NumberSums<kWidth>(row, row, l.pixels * l.block, values, v, w);
        },
        sum, square);
    for (int c = 0; c < l.block; ++c) {
      mean[c] = static_cast<double>(first[c]) + sum[c] / n;
      m2[c] = std::max(0.0, square[c] - sum[c] * sum[c] / n);
    }
  }
}
void ChannelMoments(const ChannelLayout& l, const Numbers& x, double* mean, double* m2) {
  Typed(x, [&](auto* px) {
    WithWidth(l.block, [&](auto width, auto planes) { MomentsOf<width(), planes()>(l, px, mean, m2); });
  });
}

/// f(constant) with what the affine does to numbers below 0.
template <class F>
HWY_INLINE void WithBelow(const ChannelAffine& affine, const F& f) {
  if (affine.slope == 1)
    f(std::integral_constant<Below, Below::Kept>());
  else if (affine.slope == 0)
    f(std::integral_constant<Below, Below::Zero>());
  else
    f(std::integral_constant<Below, Below::Sloped>());
}

template <int kWidth, bool kPlanes, Below kBelow, class X, class Y>
void AffineOf(const ChannelLayout& l, const X* x, const ChannelAffine& affine, Y* y) {
  using S = Side<kWidth>;
  using V = typename S::V;
  const V zero = hn::Zero(typename S::D()), slope = hn::Set(typename S::D(), affine.slope);
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g) {
      const PerChannel<kWidth, kPlanes> a(affine.scale + g * l.block), b(affine.shift + g * l.block);
      const X* from = x + PlaceOf(l, r, g);
      const auto f = [&](V v, V, int part) {
        const V out = hn::Add(hn::Mul(a.v[part], v), b.v[part]);
        if constexpr (kBelow == Below::Kept) return out;
        // Of zero and no number Max and Min give the second.
        if constexpr (kBelow == Below::Zero) return hn::Max(zero, out);
        return hn::Add(hn::Max(zero, out), hn::Mul(slope, hn::Min(zero, out)));
      };
      MapNumbers<kWidth>(from, from, l.pixels * l.block, f, y + PlaceOf(l, r, g));
    }
}
void ApplyAffine(const ChannelLayout& l, const Numbers& x, const ChannelAffine& affine, const Numbers& y) {
  Typed(x, y, [&](auto* px, auto* py) {
    WithWidth(l.block, [&](auto width, auto planes) {
      WithBelow(affine, [&](auto below) { AffineOf<width(), planes(), below()>(l, px, affine, py); });
    });
  });
}

template <int kWidth, bool kPlanes, Below kBelow, class X, class Y>
void GradientSumsOf(const ChannelLayout& l, const X* x, const Y* dy, const ChannelAffine& affine,
                    const float* center, const float* inverse, double* sums, double* dots) {
  using V = typename Side<kWidth>::V;
  for (int g = 0; g < l.groups; ++g) {
    const int channel = g * l.block;
    const Rectified<kWidth, kPlanes, kBelow> rectified(affine, channel);
    const PerChannel<kWidth, kPlanes> shift(center + channel);
    const auto values = [&](V from, V from_dy, int part) {
      const V v = rectified(from, from_dy, part);
      return Two<V>{v, hn::Mul(v, hn::Sub(from, shift.v[part]))};
    };
    double sum[kWidth] = {}, dot[kWidth] = {};
    SumsOverRows<kWidth, kPlanes>(
        l.rows,
        [&](int r, float* v, float* w) {
          const std::size_t at = PlaceOf(l, r, g);
          NumberSums<kWidth>(x + at, dy + at, l.pixels * l.block, values, v, w);
        },
        sum, dot);
    for (int c = 0; c < l.block; ++c) {
      sums[channel + c] = sum[c];
      dots[channel + c] = dot[c] * static_cast<double>(inverse[channel + c]);
    }
  }
}

void AffineGradientSums(const ChannelLayout& l, const Numbers& x, const Numbers& dy,
                        const ChannelAffine& affine, const float* center, const float* inverse, double* sums,
                        double* dots) {
  Typed(x, dy, [&](auto* px, auto* pdy) {
    WithWidth(l.block, [&](auto width, auto planes) {
      WithBelow(affine, [&](auto below) {
        GradientSumsOf<width(), planes(), below()>(l, px, pdy, affine, center, inverse, sums, dots);
      });
    });
  });
}

template <int kWidth, bool kPlanes, Below kBelow, class X, class Y>
void BlendOf(const ChannelLayout& l, const X* x, const Y* dy, const ChannelAffine& affine, const float* a,
             const float* b, const float* e, X* dx) {
  using V = typename Side<kWidth>::V;
  for (int r = 0; r < l.rows; ++r)
    for (int g = 0; g < l.groups; ++g) {
      const int channel = g * l.block;
      const Rectified<kWidth, kPlanes, kBelow> rectified(affine, channel);
      const PerChannel<kWidth, kPlanes> from_g(a + channel), from_x(b + channel), always(e + channel);
      const auto f = [&](V from, V from_dy, int part) {
        const V v = rectified(from, from_dy, part);
        return hn::Add(hn::Add(hn::Mul(from_g.v[part], v), hn::Mul(from_x.v[part], from)), always.v[part]);
      };
      const std::size_t at = PlaceOf(l, r, g);
      MapNumbers<kWidth>(x + at, dy + at, l.pixels * l.block, f, dx + at);
    }
}
void BlendChannels(const ChannelLayout& l, const Numbers& x, const Numbers& dy, const ChannelAffine& affine,
                   const float* a, const float* b, const float* e, const Numbers& dx) {
  Typed(x, dy, [&](auto* px, auto* pdy) {
    WithWidth(l.block, [&](auto width, auto planes) {
      WithBelow(affine, [&](auto below) {
        BlendOf<width(), planes(), below()>(l, px, pdy, affine, a, b, e, static_cast<decltype(px)>(dx.at));
      });
    });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(ChannelMoments);
HWY_EXPORT(ApplyAffine);
HWY_EXPORT(AffineGradientSums);
HWY_EXPORT(BlendChannels);

void channel_moments(const ChannelLayout& layout, Numbers x, double* mean, double* m2) {
  HWY_DYNAMIC_DISPATCH(ChannelMoments)(layout, x, mean, m2);
}
void apply_affine(const ChannelLayout& layout, Numbers x, const ChannelAffine& affine, Numbers y) {
  HWY_DYNAMIC_DISPATCH(ApplyAffine)(layout, x, affine, y);
}
void affine_gradient_sums(const ChannelLayout& layout, Numbers x, Numbers dy, const ChannelAffine& affine,
                          const float* center, const float* inverse, double* sum_g, double* sum_g_xhat) {
  HWY_DYNAMIC_DISPATCH(AffineGradientSums)(layout, x, dy, affine, center, inverse, sum_g, sum_g_xhat);
}
void blend_channels(const ChannelLayout& layout, Numbers x, Numbers dy, const ChannelAffine& affine,
                    const float* a, const float* b, const float* e, Numbers dx) {
  expect_one_type(x, dx);
  HWY_DYNAMIC_DISPATCH(BlendChannels)(layout, x, dy, affine, a, b, e, dx);
}

}  // namespace doppel::nn::engine
#endif
