// Light and shade over the image.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/exact_math.h"
#include "doppel/base/random.h"
#include "doppel/base/simd_targets.h"
#include "kernels/fractal.h"
#include "render/pixel_stage.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/stages/light.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/pooled_vector.h"
#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE void Multiply(const PixelRow& row, const float* HWY_RESTRICT factor) {
  for (int c = 0; c < row.planes; ++c) {
    float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
    for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] * factor[x]);
  }
}

class LightStage final : public PixelStage {
 public:
  LightStage(const op::Light& o, Size size)
      : mode_(o.mode),
        amount_(static_cast<float>(o.amount)),
        dx_(static_cast<float>(exact::cos(o.angle * exact::kRadians))),
        dy_(static_cast<float>(-exact::sin(o.angle * exact::kRadians))) {
    const double w = size.width, h = size.height, half = std::sqrt(w * w + h * h) / 2;
    const bool spot = mode_ == op::Light::Mode::Gaussian || mode_ == op::Light::Mode::Vignette;
    cx_ = static_cast<float>(spot ? o.x * w : w / 2);
    cy_ = static_cast<float>(spot ? o.y * h : h / 2);
    // Linear: ±1 where the direction leaves the image. Corner: 0 at the far corner, 1 at the near one.
    const float reach =
        static_cast<float>(w / 2) * Magnitude(dx_) + static_cast<float>(h / 2) * Magnitude(dy_);
    inverse_ = spot ? static_cast<float>(1 / (o.radius * half)) : 1 / Most(reach, 1e-6F);
  }
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT f = scratch_row(0, row.width);
    const float y = static_cast<float>(row.y) + 0.5F - cy_;
    switch (mode_) {
      case op::Light::Mode::Linear:
        for (int x = 0; x < row.width; ++x)
          f[x] = 1 + amount_ * ((static_cast<float>(x) + 0.5F - cx_) * dx_ + y * dy_) * inverse_;
        break;
      case op::Light::Mode::Corner:
        for (int x = 0; x < row.width; ++x) {
          const float t =
              Clamp01(0.5F + 0.5F * ((static_cast<float>(x) + 0.5F - cx_) * dx_ + y * dy_) * inverse_);
          f[x] = 1 + amount_ * t * t;
        }
        break;
      case op::Light::Mode::Gaussian:
        for (int x = 0; x < row.width; ++x) {
          const float px = static_cast<float>(x) + 0.5F - cx_;
          f[x] = 1 + amount_ * Exp(-0.5F * (px * px + y * y) * inverse_ * inverse_);
        }
        break;
      case op::Light::Mode::Vignette:
        for (int x = 0; x < row.width; ++x) {
          const float px = static_cast<float>(x) + 0.5F - cx_;
          const float r2 = (px * px + y * y) * inverse_ * inverse_;
          f[x] = 1 - amount_ * (1 - 1 / ((1 + r2) * (1 + r2)));
        }
        break;
    }
    Multiply(row, f);
  }

 private:
  op::Light::Mode mode_;
  float amount_, dx_, dy_, cx_ = 0, cy_ = 0, inverse_ = 1;
};

class PlasmaStage final : public PixelStage {
 public:
  PlasmaStage(const op::Plasma& o, Size size)
      : noise_(size, std::max(2.0, std::min(size.width, size.height) / 2.0), 6, 0.2 + 0.6 * o.roughness,
               o.seed),
        brightness_(static_cast<float>(o.brightness)),
        contrast_(static_cast<float>(o.contrast)),
        // Two deviations are the full strength.
        gain_(static_cast<float>(0.5 / noise_.deviation())) {}
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT n = scratch_row(0, row.width);
    noise_.row(row.y, row.width, n);
    for (int x = 0; x < row.width; ++x) n[x] = Least(Most((n[x] - 0.5F) * gain_, -1), 1);
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] * (1 + contrast_ * n[x]) + brightness_ * n[x]);
    }
  }

 private:
  FractalNoise noise_;
  float brightness_, contrast_, gain_;
};

class ShadowStage final : public PixelStage {
 public:
  ShadowStage(const op::Shadow& o, Size size) : darkness_(static_cast<float>(o.darkness)) {
    const double soft = std::max(0.5, o.softness * std::min(size.width, size.height));
    inverse_ = static_cast<float>(1 / (2 * soft));
    const std::size_t n = o.points.size() / 2;
    double area = 0;
    const auto at = [&](std::size_t i) {
      return Point{o.points[2 * (i % n)] * size.width, o.points[2 * (i % n) + 1] * size.height};
    };
    for (std::size_t i = 0; i < n; ++i) area += at(i).x * at(i + 1).y - at(i + 1).x * at(i).y;
    for (std::size_t i = 0; i < n; ++i) {
      const Point a = at(i), b = at(i + 1);
      const double dx = b.x - a.x, dy = b.y - a.y, length = std::sqrt(dx * dx + dy * dy);
      if (length < 1e-9) continue;
      const double sign = area > 0 ? 1 : -1;  // inside is on the positive side of every edge
      const double nx = -dy / length * sign, ny = dx / length * sign;
      edges_.push_back(
          {static_cast<float>(nx), static_cast<float>(ny), static_cast<float>(-(nx * a.x + ny * a.y))});
    }
  }
  /// No edge leaves anything outside.
  ColumnSpan touched(int row, int width) const override {
    const float y = static_cast<float>(row) + 0.5F;
    ColumnSpan span{0, edges_.empty() ? 0 : width};
    for (const Edge& e : edges_) {
      const ColumnSpan one = e.above(-0.5F, y, inverse_, width);
      span = {std::max(span.first, one.first), std::min(span.last, one.last)};
    }
    return span;
  }
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT f = scratch_row(0, row.width);
    const float y = static_cast<float>(row.y) + 0.5F;
    const auto [first, last] = touched(row.y, row.width);
    if (first >= last) return;
    std::fill(f + first, f + last, 1.F);
    for (const Edge& e : edges_) {
      const float start = e.y * y + e.c;
      const auto soften = [&](int from, int to) HWY_ATTR {
        for (int x = from; x < to; ++x) {
          const float d = (e.x * (static_cast<float>(x) + 0.5F) + start) * inverse_;
          const float t = Clamp01(d + 0.5F);
          f[x] *= t * t * (3 - 2 * t);
        }
      };
      // Deep inside an edge multiplies by 1.
      const auto [begin, end] = e.above(0.5F, y, inverse_, row.width, -1);
      if (begin >= end) {
        soften(first, last);
      } else {
        soften(first, std::min(begin, last));
        soften(std::max(end, first), last);
      }
    }
    for (int c = 0; c < row.planes; ++c) {
      // Shade is lit by the sky: a little less dark in blue.
      const float dark = c == 0 ? darkness_ * 1.04F : c == 1 ? darkness_ * 1.02F : darkness_;
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = first; x < last; ++x) v[x] = Clamp01(v[x] * (1 - dark * f[x]));
    }
  }

 private:
  struct Edge {
    float x, y, c;
    /// The pixels of a row whose distance, in softnesses, is at least `least`; a pixel more at each end, or
    /// one less with `more` -1, where rounding might decide.
    ColumnSpan above(float least, float row, float inverse, int width, int more = 1) const {
      const float level = least / inverse - y * row - c;  // x · (column + 0.5) must be at least that
      if (x == 0) return level <= 0 ? ColumnSpan{0, width} : ColumnSpan{};
      const float edge = std::clamp(level / x - 0.5F, -2.F, static_cast<float>(width) + 2);
      if (x > 0) return {std::clamp(static_cast<int>(std::ceil(edge)) - more, 0, width), width};
      return {0, std::clamp(static_cast<int>(std::floor(edge)) + 1 + more, 0, width)};
    }
  };
  float darkness_, inverse_ = 1;
  PooledVector<Edge> edges_;
};

class FlareStage final : public PixelStage {
 public:
  FlareStage(const op::Flare& o, Size size) : rays_(o.rays), strength_(static_cast<float>(o.strength)) {
    const double s = std::min(size.width, size.height);
    x_ = static_cast<float>(o.x * size.width);
    y_ = static_cast<float>(o.y * size.height);
    inverse_ = static_cast<float>(1 / (o.radius * s));
    for (std::size_t c = 0; c < 3; ++c) color_[c] = static_cast<float>(o.color[c]);
    const Stream stream{.seed = o.seed};
    phase_ = static_cast<float>(stream.uniform("rays"));
    for (int i = 0; i < o.ghosts; ++i) {
      // On the line from the light through the centre, and beyond.
      const Stream one = stream.split("ghost", static_cast<std::uint64_t>(i));
      const double t = one.uniform("place", 0.3, 2.2);
      Ghost ghost{static_cast<float>(o.x * size.width + t * (size.width / 2.0 - o.x * size.width)),
                  static_cast<float>(o.y * size.height + t * (size.height / 2.0 - o.y * size.height)),
                  static_cast<float>(one.uniform("radius", 0.02, 0.12) * s),
                  static_cast<float>(one.uniform("light", 0.05, 0.2)),
                  {}};
      for (std::size_t c = 0; c < 3; ++c)
        ghost.color[c] = static_cast<float>(one.split("tint", c).uniform("c", 0.4, 1));
      ghosts_.push_back(ghost);
    }
  }
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT glow = scratch_row(0, row.width);
    const float dy = (static_cast<float>(row.y) + 0.5F - y_) * inverse_;
    const float rays = static_cast<float>(rays_), spikes = rays_ > 0 ? 0.35F : 0.F, left = x_,
                inverse = inverse_, phase = phase_, strength = strength_;
    for (int x = 0; x < row.width; ++x) {
      const float dx = (static_cast<float>(x) + 0.5F - left) * inverse, r2 = dx * dx + dy * dy;
      // One division for both: 1 / (1 + r²) and 1 / (1 + 0.35 r²).
      const float near = 1 + r2, wide = 1 + 0.35F * r2, inverse_both = 1 / (near * wide),
                  g = wide * inverse_both;
      // Thin spikes: the angle's sawtooth, sharper far out.
      const float turn = Angle(dx, dy) * rays + phase, saw = Magnitude(turn - Floor(turn) - 0.5F) * 2;
      const float s2 = saw * saw, s8 = s2 * s2 * s2 * s2;
      glow[x] = Clamp01(strength * (g * g + spikes * s8 * s8 * near * inverse_both));
    }
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      const float tint = color_[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = 1 - (1 - v[x]) * (1 - tint * glow[x]);
    }
    for (const Ghost& ghost : ghosts_) add(ghost, row);
  }

 private:
  struct Ghost {
    float x, y, radius, light;
    std::array<float, 3> color;
  };
  /// The angle as a share of a full turn, 1e-3 exact: for spikes.
  static HWY_INLINE float Angle(float x, float y) {
    const float ax = Magnitude(x), ay = Magnitude(y), low = Least(ax, ay), high = Most(Most(ax, ay), 1e-9F);
    const float t = low / high;
    float a = t * (0.125F + 0.0434F * (1 - t));
    a = ay > ax ? 0.25F - a : a;
    a = x < 0 ? 0.5F - a : a;
    const float below = y < 0 ? 1.F : 0.F;
    return below + (1 - 2 * below) * a;
  }
  void add(const Ghost& ghost, const PixelRow& row) const {
    const float dy = static_cast<float>(row.y) + 0.5F - ghost.y;
    if (Magnitude(dy) > ghost.radius + 1) return;
    const float half = __builtin_sqrtf(Most(0, (ghost.radius + 1) * (ghost.radius + 1) - dy * dy));
    const int first = std::clamp(static_cast<int>(ghost.x - half), 0, row.width),
              last = std::clamp(static_cast<int>(ghost.x + half) + 1, 0, row.width);
    float* HWY_RESTRICT inside = scratch_row(0, row.width);
    const float radius = ghost.radius, left = ghost.x, rim = 0.5F / radius;
    for (int x = first; x < last; ++x) {
      const float dx = static_cast<float>(x) + 0.5F - left, r = __builtin_sqrtf(dx * dx + dy * dy);
      // Brighter towards the rim, as an aperture's image is.
      inside[x] = Clamp01(radius - r + 0.5F) * (0.5F + r * rim);
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
      float* HWY_RESTRICT v = row.plane[c];
      const float light = strength_ * ghost.light * ghost.color[c];
      for (int x = first; x < last; ++x) v[x] = 1 - (1 - v[x]) * (1 - light * inside[x]);
    }
  }
  int rays_;
  float strength_, x_, y_, inverse_, phase_ = 0;
  std::array<float, 3> color_{};
  PooledVector<Ghost> ghosts_;
};

class CloudsStage final : public PixelStage {
 public:
  CloudsStage(const op::Clouds& o, Size size)
      : noise_(size, std::max(2.0, o.scale * std::min(size.width, size.height)), 6, 0.55, o.seed),
        level_(static_cast<float>(0.5 + noise_.deviation() *
                                            exact::inverse_normal(std::clamp(1 - o.amount, 1e-4, 1 - 1e-4)))),
        inverse_(static_cast<float>(1 / (1.5 * noise_.deviation()))),
        none_(o.amount <= 0) {}
  void run(const PixelRow& row) const override {
    if (none_) return;
    float* HWY_RESTRICT n = scratch_row(0, row.width);
    noise_.row(row.y, row.width, n);
    for (int x = 0; x < row.width; ++x) n[x] = 0.95F * Smooth(0, 1, (n[x] - level_) * inverse_ + 0.2F);
    for (int c = 0; c < row.planes; ++c) {
      const float white = c == 2 ? 0.97F : 0.95F;
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] + n[x] * (white - v[x]));
    }
  }

 private:
  FractalNoise noise_;
  float level_, inverse_;
  bool none_;
};

struct LightMaker {
  const StageContext& context;
  StagePtr operator()(const op::Light& o) const { return context.make<LightStage>(o, context.size); }
  StagePtr operator()(const op::Plasma& o) const { return context.make<PlasmaStage>(o, context.size); }
  StagePtr operator()(const op::Shadow& o) const { return context.make<ShadowStage>(o, context.size); }
  StagePtr operator()(const op::Flare& o) const { return context.make<FlareStage>(o, context.size); }
  StagePtr operator()(const op::Clouds& o) const { return context.make<CloudsStage>(o, context.size); }
  template <class O>
    requires(!LightOp<O>)
  StagePtr operator()(const O&) const {
    return nullptr;
  }
};

StagePtr MakeLight(const Op& op, const StageContext& context) { return std::visit(LightMaker{context}, op); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(MakeLight);

StagePtr light_stage(const Op& op, const StageContext& context) {
  return HWY_DYNAMIC_DISPATCH(MakeLight)(op, context);
}

}  // namespace doppel::augment
#endif
