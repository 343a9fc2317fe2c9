// Weather: everything ends in a veil, x' = x·t + color·(1 - t), with a transmission t per pixel.
#include <algorithm>
#include <cmath>
#include <span>

#include "base/exact_math.h"
#include "capsules.h"
#include "doppel/base/random.h"
#include "doppel/base/simd_targets.h"
#include "kernels/fractal.h"
#include "kernels/noise.h"
#include "plasma.h"
#include "render/pixel_stage.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/stages/weather.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/pooled_vector.h"
#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE void Veil(const PixelRow& row, const float* HWY_RESTRICT transmission,
                     const std::array<float, 3>& color) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
    float* HWY_RESTRICT v = row.plane[c];
    const float k = color[c];
    for (int x = 0; x < row.width; ++x) v[x] = Clamp01(k + (v[x] - k) * transmission[x]);
  }
}

HWY_INLINE std::array<float, 3> Floats(const std::array<double, 3>& v) {
  return {static_cast<float>(v[0]), static_cast<float>(v[1]), static_cast<float>(v[2])};
}

class RainStage final : public PixelStage {
 public:
  RainStage(const op::Rain& o, Size size, int planes, const ImageStats& stats)
      : layer_(o, size),
        contrast_(static_cast<float>(1 - 0.25 * std::min(1.0, o.amount * o.dim))),
        brightness_(static_cast<float>(1 - 0.15 * std::min(1.0, o.amount * o.dim))),
        luma_(static_cast<float>(stats.luma(planes))) {
    for (std::size_t c = 0; c < 3; ++c) color_[c] = static_cast<float>(0.3 + 0.7 * stats.sky[c]);
  }
  void run(const PixelRow& row) const override {
    const float a = brightness_ * contrast_, b = brightness_ * (1 - contrast_) * luma_;
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(a * v[x] + b);
    }
    float* t = scratch_row(0, row.width);
    std::fill(t, t + row.width, 1.F);
    layer_.row(row.y, {t, static_cast<std::size_t>(row.width)});
    Veil(row, t, color_);
  }

 private:
  CapsuleLayer layer_;
  float contrast_, brightness_, luma_;
  std::array<float, 3> color_{};
};

/// Flakes or specks.
class CapsuleStage final : public PixelStage {
 public:
  CapsuleStage(const op::SnowFall& o, Size size) : layer_(o, size), color_{0.97F, 0.98F, 1.F} {}
  CapsuleStage(const op::Specks& o, Size size) : layer_(o, size), color_(Floats(o.color)) {}
  void run(const PixelRow& row) const override {
    float* t = scratch_row(0, row.width);
    std::fill(t, t + row.width, 1.F);
    layer_.row(row.y, {t, static_cast<std::size_t>(row.width)});
    Veil(row, t, color_);
  }

 private:
  CapsuleLayer layer_;
  std::array<float, 3> color_;
};

class FogStage final : public PixelStage {
 public:
  FogStage(const op::Fog& o, Size size)
      : noise_(size, std::max(2.0, std::min(size.width, size.height) / 3.0), 4, 0.5, o.seed),
        o_(o),
        height_(size.height),
        color_(Floats(o.airlight)) {}
  void run(const PixelRow& row) const override {
    const float place = (static_cast<float>(row.y) + 0.5F) / static_cast<float>(height_);
    const float depth = o_.horizon < 0 ? 1.F : 1 - 0.85F * Smooth(static_cast<float>(o_.horizon), 1.F, place);
    const float optical = -static_cast<float>(o_.density) * depth, patch = static_cast<float>(o_.patchiness);
    float* HWY_RESTRICT t = scratch_row(0, row.width);
    if (patch > 0) {
      noise_.row(row.y, row.width, t);
      // Octaves crowd about one half: spread them.
      for (int x = 0; x < row.width; ++x)
        t[x] = Exp(optical * (1 + patch * (2 * Clamp01(0.5F + 1.8F * (t[x] - 0.5F)) - 1)));
    } else {
      std::fill(t, t + row.width, Exp(optical));
    }
    Veil(row, t, color_);
  }

 private:
  FractalNoise noise_;
  op::Fog o_;
  int height_;
  std::array<float, 3> color_;
};

/// Drops: noise above a level. Rain shows a bright rim above and a dark one below, and is pale inside; mud is
/// opaque.
class SpatterStage final : public PixelStage {
 public:
  SpatterStage(const op::Spatter& o, Size size)
      : noise_(size, std::max(2.0, 2 * o.size * std::min(size.width, size.height)), 2, 0.4, o.seed),
        mud_(o.mode == op::Spatter::Mode::Mud),
        none_(o.amount <= 0),
        opacity_(static_cast<float>(o.opacity)),
        level_(static_cast<float>(0.5 + noise_.deviation() *
                                            exact::inverse_normal(std::clamp(1 - o.amount, 1e-4, 1 - 1e-4)))),
        inverse_(static_cast<float>(1 / noise_.deviation())) {}
  void run(const PixelRow& row) const override {
    if (none_) return;
    float *HWY_RESTRICT n = scratch_row(0, row.width), *HWY_RESTRICT next = scratch_row(1, row.width);
    noise_.row(row.y, row.width, n);
    if (mud_) {
      for (int x = 0; x < row.width; ++x) n[x] = 1 - opacity_ * Smooth(0, 0.35F, (n[x] - level_) * inverse_);
      Veil(row, n, {63 / 255.F, 42 / 255.F, 20 / 255.F});
      return;
    }
    noise_.row(row.y + 1, row.width, next);
    for (int x = 0; x < row.width; ++x) {
      const float depth = (n[x] - level_) * inverse_, cover = Smooth(0, 0.25F, depth);
      // The slope of a drop's side catches light from above.
      const float slope = Least(Most((next[x] - n[x]) * inverse_ * 6, -1), 1),
                  rim = cover * (1 - Smooth(0.25F, 0.9F, depth));
      next[x] = opacity_ * 0.7F * rim * slope;
      n[x] = 1 - opacity_ * 0.35F * cover;
    }
    Veil(row, n, {175 / 255.F, 238 / 255.F, 238 / 255.F});
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] + next[x]);
    }
  }

 private:
  FractalNoise noise_;
  bool mud_, none_;
  float opacity_, level_, inverse_;
};

class FrostStage final : public PixelStage {
 public:
  FrostStage(const op::Frost& o, Size size)
      : width_(static_cast<float>(size.width)),
        height_(static_cast<float>(size.height)),
        a_(static_cast<float>(o.a)),
        b_(static_cast<float>(o.b)),
        growth_(size, std::max(2.0, std::min(size.width, size.height) / 4.0), 4, 0.6, o.seed) {
    const double s = std::min(size.width, size.height);
    const Stream stream{.seed = o.seed};
    for (std::uint64_t k = 0; k < 3; ++k) {
      const Stream one = stream.split("needles", k);
      const double angle = one.uniform("angle", 0, 3.14159265), along = s / 6, across = s / 40 + 1;
      // Noise squeezed across the needles: its lattice is read at turned, scaled places.
      ridges_.push_back(
          {static_cast<float>(exact::cos(angle) / along), static_cast<float>(exact::sin(angle) / along),
           static_cast<float>(-exact::sin(angle) / across), static_cast<float>(exact::cos(angle) / across),
           static_cast<std::uint32_t>(one.bits("seed"))});
    }
  }
  void run(const PixelRow& row) const override {
    if (b_ <= 0) return;
    float *HWY_RESTRICT grown = scratch_row(0, row.width), *HWY_RESTRICT ice = scratch_row(1, row.width);
    growth_.row(row.y, row.width, grown);
    const float y = static_cast<float>(row.y) + 0.5F, inverse_w = 1 / width_, inverse_h = 1 / height_;
    const float from_y = Least(y, height_ - y) * inverse_h;
    std::fill(ice, ice + row.width, 0.F);
    for (const Ridge& r : ridges_)
      for (int x = 0; x < row.width; ++x) {
        const float px = static_cast<float>(x) + 0.5F;
        const float n = ValueNoise(r.ux * px + r.uy * y + 4096, r.vx * px + r.vy * y + 4096, r.seed);
        const float ridge = 1 - Magnitude(2 * n - 1), r2 = ridge * ridge;
        ice[x] = Most(ice[x], r2 * r2);
      }
    for (int x = 0; x < row.width; ++x) {
      const float px = static_cast<float>(x) + 0.5F, from_x = Least(px, width_ - px) * inverse_w;
      const float mask = Clamp01(1 - Smooth(0, 0.45F, Least(from_x, from_y)) + (grown[x] - 0.5F) * 1.2F);
      ice[x] = Clamp01(mask * (0.25F + ice[x]));
    }
    constexpr float tint[3] = {0.86F, 0.94F, 1.F};
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x)
        v[x] = Clamp01(v[x] * (1 - (1 - a_) * Least(1, 2 * ice[x])) + b_ * tint[c] * ice[x]);
    }
  }

 private:
  struct Ridge {
    float ux, uy, vx, vy;
    std::uint32_t seed;
  };
  /// Smooth value noise at any positive place.
  static HWY_INLINE float ValueNoise(float u, float v, std::uint32_t seed) {
    const auto iu = static_cast<std::int32_t>(u), iv = static_cast<std::int32_t>(v);
    const float fu = u - static_cast<float>(iu), fv = v - static_cast<float>(iv);
    const float su = fu * fu * (3 - 2 * fu), sv = fv * fv * (3 - 2 * fv);
    const auto node = [&](std::int32_t x, std::int32_t z) HWY_ATTR {
      const std::uint32_t word = MixWord(static_cast<std::uint32_t>(x) * 0x9e3779b1U +
                                         static_cast<std::uint32_t>(z) * 0x85ebca77U + seed);
      return static_cast<float>(static_cast<std::int32_t>(word >> 8)) * 0x1p-24F;
    };
    const float a = node(iu, iv), b = node(iu + 1, iv), c = node(iu, iv + 1), d = node(iu + 1, iv + 1);
    return a + su * (b - a) + sv * (c + su * (d - c) - a - su * (b - a));
  }
  float width_, height_, a_, b_;
  FractalNoise growth_;
  PooledVector<Ridge> ridges_;
};

class GravelStage final : public PixelStage {
 public:
  GravelStage(const op::Gravel& o, Size size) {
    const double s = std::min(size.width, size.height);
    for (std::size_t p = 0; p + 2 < o.patches.size(); p += 3) {
      const double radius = o.patches[p + 2];
      const Stream stream = Stream{.seed = o.seed}.split("patch", p);
      const int count =
          static_cast<int>(std::min(4000.0, 0.35 * radius * radius / (0.009 * 0.009 * s * s + 1)));
      for (int i = 0; i < count; ++i) {
        const Stream one = stream.split("stone", static_cast<std::uint64_t>(i));
        const double angle = one.uniform("angle", 0, 6.28318530718),
                     far = std::sqrt(one.uniform("far")) * radius;
        const double size_x = std::max(0.6, one.uniform("size", 0.004, 0.015) * s),
                     flat = one.uniform("flat", 0.6, 1);
        stones_.push_back({static_cast<float>(o.patches[p] + far * exact::cos(angle)),
                           static_cast<float>(o.patches[p + 1] + far * exact::sin(angle)),
                           static_cast<float>(size_x), static_cast<float>(size_x * flat),
                           static_cast<float>(one.uniform("light", 0.2, 0.8)),
                           static_cast<float>(one.uniform("warm", -0.04, 0.06))});
        tallest_ = std::max(tallest_, stones_.back().ry);
      }
    }
    std::ranges::sort(stones_, {}, [](const Stone& one) { return std::pair{one.y, one.x}; });
  }
  ColumnSpan touched(int row, int width) const override {
    ColumnSpan span{width, 0};
    for (const Stone& stone : near(static_cast<float>(row) + 0.5F))
      span = {std::min(span.first, static_cast<int>(stone.x - stone.rx - 2)),
              std::max(span.last, static_cast<int>(stone.x + stone.rx + 3))};
    return {std::clamp(span.first, 0, width), std::clamp(span.last, 0, width)};
  }
  void run(const PixelRow& row) const override {
    const float y = static_cast<float>(row.y) + 0.5F;
    for (const Stone& stone : near(y)) {
      // It covers nothing further out than half a pixel beyond its edge.
      const float dy = (y - stone.y) / stone.ry, edge = 1 + 0.5F / stone.rx;
      const float rest = edge * edge - dy * dy;
      if (rest <= 0) continue;
      const float reach = stone.rx * __builtin_sqrtf(rest), scale = 1 / stone.rx;
      const int first = std::clamp(static_cast<int>(stone.x - reach - 0.5F), 0, row.width),
                last = std::clamp(static_cast<int>(stone.x + reach + 1.5F), 0, row.width);
      for (int c = 0; c < row.planes; ++c) {
        float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
        const float warm = c == 0 ? stone.warm : c == 2 ? -stone.warm : 0;
        for (int x = first; x < last; ++x) {
          const float dx = (static_cast<float>(x) + 0.5F - stone.x) * scale,
                      r = __builtin_sqrtf(dx * dx + dy * dy);
          const float cover = Clamp01((1 - r) * stone.rx + 0.5F);
          const float color = Clamp01(stone.light * (1 - 0.45F * (dx + dy)) + warm);
          v[x] = Clamp01(v[x] + cover * (color - v[x]));
        }
      }
    }
  }

 private:
  struct Stone {
    float x, y, rx, ry, light, warm;
  };
  /// Those that may reach a row.
  std::span<const Stone> near(float y) const {
    const Stone *begin = stones_.data(), *end = begin + stones_.size();
    const Stone* first = std::ranges::lower_bound(begin, end, y - tallest_ - 1, {}, &Stone::y);
    return {first, std::ranges::lower_bound(first, end, y + tallest_ + 1, {}, &Stone::y)};
  }

  PooledVector<Stone> stones_;
  float tallest_ = 0;
};

class PlasmaFogStage final : public PixelStage {
 public:
  PlasmaFogStage(const op::PlasmaFog& o, Size size, const ImageStats& stats)
      : plasma_(size, o.decay, o.seed), strength_(static_cast<float>(o.strength)) {
    float most = 1.F / 255;
    for (const auto& counts : stats.histogram)
      for (std::size_t v = 1; v < 256; ++v)
        if (counts[v] > 0) most = Most(most, static_cast<float>(v) / 255);
    gain_ = most / (most + strength_);
  }
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT fog = scratch_row(0, row.width);
    plasma_.row(row.y, row.width, fog);
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01((v[x] + strength_ * fog[x]) * gain_);
    }
  }

 private:
  DiamondSquare plasma_;
  float strength_, gain_ = 1;
};

struct WeatherMaker {
  const StageContext& context;
  StagePtr operator()(const op::Rain& o) const {
    return context.make<RainStage>(o, context.size, context.planes, context.stats);
  }
  StagePtr operator()(const op::SnowFall& o) const { return context.make<CapsuleStage>(o, context.size); }
  StagePtr operator()(const op::Specks& o) const { return context.make<CapsuleStage>(o, context.size); }
  StagePtr operator()(const op::Fog& o) const { return context.make<FogStage>(o, context.size); }
  StagePtr operator()(const op::Spatter& o) const { return context.make<SpatterStage>(o, context.size); }
  StagePtr operator()(const op::Frost& o) const { return context.make<FrostStage>(o, context.size); }
  StagePtr operator()(const op::Gravel& o) const { return context.make<GravelStage>(o, context.size); }
  StagePtr operator()(const op::PlasmaFog& o) const {
    return context.make<PlasmaFogStage>(o, context.size, context.stats);
  }
  template <class O>
    requires(!WeatherOp<O>)
  StagePtr operator()(const O&) const {
    return nullptr;
  }
};

StagePtr MakeWeather(const Op& op, const StageContext& context) {
  return std::visit(WeatherMaker{context}, op);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(MakeWeather);

StagePtr weather_stage(const Op& op, const StageContext& context) {
  return HWY_DYNAMIC_DISPATCH(MakeWeather)(op, context);
}

}  // namespace doppel::augment
#endif
