// Noise stages: counter-based, one row at a time.
#include <algorithm>
#include <cmath>

#include "base/exact_math.h"
#include "doppel/base/simd_targets.h"
#include "kernels/fractal.h"
#include "kernels/noise.h"
#include "render/pixel_stage.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/stages/noise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

class NoiseStage final : public PixelStage {
 public:
  explicit NoiseStage(const op::Noise& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    const auto std = static_cast<float>(o_.std);
    const bool shared = o_.channels == op::Noise::Channels::Shared;
    for (int c = 0; c < row.planes; ++c) {
      const RowKey key = RowKey::of(o_.seed, shared ? 0 : row.noise_plane(c), row.y);
      float* v = row.plane[static_cast<std::size_t>(c)];
      if (o_.distribution != op::Noise::Distribution::Normal)
        other(key, std, v, row.width);
      else if (o_.law == op::Noise::Law::Additive)
        add_normal(key, std, v, row.width);
      else
        multiply_normal(key, std, v, row.width);
    }
  }

 private:
  void other(const RowKey& key, float std, float* v, int width) const {
    const bool uniform = o_.distribution == op::Noise::Distribution::Uniform,
               add = o_.law == op::Noise::Law::Additive;
    NoiseBlock noise;
    for (int first = 0, block = 0; first < width; first += kNoiseBlock, ++block) {
      if (uniform)
        uniform_noise(key, block, noise);
      else
        laplace_noise(key, block, noise);
      const int count = std::min(kNoiseBlock, width - first);
      float* HWY_RESTRICT p = v + first;
      // Uniform in ±sqrt(3) has deviation 1.
      const float gain = uniform ? 3.4641016F * std : std, centre = uniform ? 0.5F : 0.F;
      for (int i = 0; i < count; ++i) {
        const float n = gain * (noise[static_cast<std::size_t>(i)] - centre);
        p[i] = Clamp01(add ? p[i] + n : p[i] * (1 + n));
      }
    }
  }
  op::Noise o_;
};

class ShotStage final : public PixelStage {
 public:
  explicit ShotStage(const op::Shot& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    const auto photons = static_cast<float>(o_.photons), inverse = 1 / photons;
    float mean[kNoiseBlock], count[kNoiseBlock];
    for (int c = 0; c < row.planes; ++c) {
      const RowKey key = RowKey::of(o_.seed, row.noise_plane(c), row.y);
      float* v = row.plane[static_cast<std::size_t>(c)];
      for (int first = 0, block = 0; first < row.width; first += kNoiseBlock, ++block) {
        const int n = std::min(kNoiseBlock, row.width - first);
        for (int i = 0; i < n; ++i) mean[i] = v[first + i] * photons;
        poisson_noise(key, block, mean, n, count);
        for (int i = 0; i < n; ++i) v[first + i] = Clamp01(count[i] * inverse);
      }
    }
  }

 private:
  op::Shot o_;
};

class RicianStage final : public PixelStage {
 public:
  explicit RicianStage(const op::Rician& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    const auto std = static_cast<float>(o_.std);
    NoiseBlock a, b;
    for (int c = 0; c < row.planes; ++c) {
      const RowKey real = RowKey::of(o_.seed, row.noise_plane(c), row.y),
                   imaginary = RowKey::of(o_.seed, row.noise_plane(c) + 4, row.y);
      float* v = row.plane[static_cast<std::size_t>(c)];
      for (int first = 0, block = 0; first < row.width; first += kNoiseBlock, ++block) {
        normal_noise(real, block, a);
        normal_noise(imaginary, block, b);
        for (int i = 0; i < std::min(kNoiseBlock, row.width - first); ++i) {
          const auto k = static_cast<std::size_t>(i);
          const float x = v[first + i] + std * a[k], y = std * b[k];
          v[first + i] = Clamp01(__builtin_sqrtf(x * x + y * y));
        }
      }
    }
  }

 private:
  op::Rician o_;
};

/// Light from levels, and back: a square is near enough to a display's 2.2.
HWY_INLINE float Linear(float v) { return v * v; }
HWY_INLINE float Display(float v) { return __builtin_sqrtf(v); }

class SensorStage final : public PixelStage {
 public:
  explicit SensorStage(const op::Sensor& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    const auto exposure = static_cast<float>(o_.exposure), gain = static_cast<float>(o_.gain);
    const auto read2 = static_cast<float>(o_.read * o_.read), shot = static_cast<float>(o_.shot),
               chroma = 1.5F * static_cast<float>(o_.chroma);
    const RowKey luma = RowKey::of(o_.seed, row.noise_plane(0), row.y),
                 blue = RowKey::of(o_.seed, 1, row.y / 2), red = RowKey::of(o_.seed, 2, row.y / 2);
    NoiseBlock noise, of_blue, of_red;
    for (int first = 0, block = 0; first < row.width; first += kNoiseBlock, ++block) {
      const int n = std::min(kNoiseBlock, row.width - first);
      normal_noise(luma, block, noise);
      if (row.planes == 1) {
        float* HWY_RESTRICT v = row.plane[0] + first;
        for (int i = 0; i < n; ++i) {
          const float y = Linear(v[i]) * exposure;
          v[i] = Clamp01(Display(
              Clamp01((y + __builtin_sqrtf(read2 + shot * y) * noise[static_cast<std::size_t>(i)]) * gain)));
        }
        continue;
      }
      // A chroma block spans two luma blocks.
      normal_noise(blue, block / 2, of_blue);
      normal_noise(red, block / 2, of_red);
      float wide_blue[kNoiseBlock], wide_red[kNoiseBlock];
      for (int i = 0; i < n; ++i) {
        const auto k = static_cast<std::size_t>((block % 2) * (kNoiseBlock / 2) + i / 2);
        wide_blue[i] = of_blue[k];
        wide_red[i] = of_red[k];
      }
      float *HWY_RESTRICT r = row.plane[0] + first, *HWY_RESTRICT g = row.plane[1] + first,
                          *HWY_RESTRICT b = row.plane[2] + first;
      for (int i = 0; i < n; ++i) {
        const float lr = Linear(r[i]) * exposure, lg = Linear(g[i]) * exposure, lb = Linear(b[i]) * exposure;
        const float y = 0.299F * lr + 0.587F * lg + 0.114F * lb, s = __builtin_sqrtf(read2 + shot * y);
        const float dy = s * noise[static_cast<std::size_t>(i)], cb = chroma * s * wide_blue[i],
                    cr = chroma * s * wide_red[i];
        // The inverse of Rec. 601's YCbCr.
        r[i] = Clamp01(Display(Clamp01((lr + dy + 1.402F * cr) * gain)));
        g[i] = Clamp01(Display(Clamp01((lg + dy - 0.344F * cb - 0.714F * cr) * gain)));
        b[i] = Clamp01(Display(Clamp01((lb + dy + 1.772F * cb) * gain)));
      }
    }
  }

 private:
  op::Sensor o_;
};

class PatternStage final : public PixelStage {
 public:
  explicit PatternStage(const op::Pattern& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    using Kind = op::Pattern::Kind;
    const auto amplitude = static_cast<float>(o_.amplitude), phase = static_cast<float>(o_.phase);
    const Slope a = slope(o_.angle, o_.period), b = o_.pattern == Kind::Moire
                                                        ? slope(o_.angle + 3, o_.period * 1.05)
                                                        : slope(o_.angle + 90, o_.period);
    const float y = static_cast<float>(row.y) + 0.5F;
    const float start_a = a.y * y + phase, start_b = b.y * y + phase;
    float* HWY_RESTRICT w = scratch_row(0, row.width);
    for (int x = 0; x < row.width; ++x) {
      const float px = static_cast<float>(x) + 0.5F, ta = SinTurn(a.x * px + start_a),
                  tb = SinTurn(b.x * px + start_b);
      const float square_a = ta < 0 ? -1.F : 1.F, square_b = tb < 0 ? -1.F : 1.F;
      const float value = o_.pattern == Kind::Stripes   ? ta
                          : o_.pattern == Kind::Square  ? square_a
                          : o_.pattern == Kind::Checker ? square_a * square_b
                                                        : ta * tb;
      w[x] = amplitude * value;
    }
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] + w[x]);
    }
  }

 private:
  struct Slope {
    float x, y;  ///< turns per pixel
  };
  static Slope slope(double degrees, double period) {
    return {static_cast<float>(exact::cos(degrees / 57.295779513082321) / period),
            static_cast<float>(-exact::sin(degrees / 57.295779513082321) / period)};
  }
  op::Pattern o_;
};

class RowNoiseStage final : public PixelStage {
 public:
  explicit RowNoiseStage(const op::RowNoise& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    NoiseBlock block;
    normal_noise(RowKey::of(o_.seed, 0, row.y / o_.height), 0, block);
    const float offset = static_cast<float>(o_.std) * block[0], columns = static_cast<float>(o_.columns);
    const RowKey key = RowKey::of(o_.seed, 1, 0);
    for (int first = 0, k = 0; first < row.width; first += kNoiseBlock, ++k) {
      if (columns > 0) normal_noise(key, k, block);
      for (int c = 0; c < row.planes; ++c) {
        float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)] + first;
        for (int i = 0; i < std::min(kNoiseBlock, row.width - first); ++i)
          v[i] = Clamp01(v[i] + offset + (columns > 0 ? columns * block[static_cast<std::size_t>(i)] : 0));
      }
    }
  }

 private:
  op::RowNoise o_;
};

class PinkNoiseStage final : public PixelStage {
 public:
  PinkNoiseStage(const op::PinkNoise& o, Size size)
      : noise_(size, std::max(2.0, std::max(size.width, size.height) / 2.0), 12,
               exact::exp(-o.exponent * 0.34657359028), o.seed),
        gain_(static_cast<float>(o.std / noise_.deviation())) {}
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT n = scratch_row(0, row.width);
    noise_.row(row.y, row.width, n);
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] + gain_ * (n[x] - 0.5F));
    }
  }

 private:
  FractalNoise noise_;
  float gain_;
};

class FilmGrainStage final : public PixelStage {
 public:
  FilmGrainStage(const op::FilmGrain& o, Size size)
      : coarse_(size, std::max(1.0, o.size), 2, 0.5, o.seed),
        fine_(o.size <= 1.25),
        seed_(o.seed),
        gain_(static_cast<float>(2 * o.std / (fine_ ? 1 : coarse_.deviation()))) {}
  void run(const PixelRow& row) const override {
    float* HWY_RESTRICT n = scratch_row(0, row.width);
    if (fine_) {
      NoiseBlock block;
      const RowKey key = RowKey::of(seed_, 0, row.y);
      for (int first = 0, k = 0; first < row.width; first += kNoiseBlock, ++k) {
        normal_noise(key, k, block);
        for (int i = 0; i < std::min(kNoiseBlock, row.width - first); ++i)
          n[first + i] = block[static_cast<std::size_t>(i)];
      }
    } else {
      coarse_.row(row.y, row.width, n);
      for (int x = 0; x < row.width; ++x) n[x] -= 0.5F;
    }
    for (int x = 0; x < row.width; ++x) {
      const float y = row.planes == 1
                          ? row.plane[0][x]
                          : 0.299F * row.plane[0][x] + 0.587F * row.plane[1][x] + 0.114F * row.plane[2][x];
      n[x] *= gain_ * __builtin_sqrtf(Most(0, y * (1 - y)));
    }
    for (int c = 0; c < row.planes; ++c) {
      float* HWY_RESTRICT v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) v[x] = Clamp01(v[x] + n[x]);
    }
  }

 private:
  FractalNoise coarse_;
  bool fine_;
  std::uint64_t seed_;
  float gain_;
};

struct NoiseMaker {
  const StageContext& context;
  StagePtr operator()(const op::Noise& o) const { return context.make<NoiseStage>(o); }
  StagePtr operator()(const op::Shot& o) const { return context.make<ShotStage>(o); }
  StagePtr operator()(const op::Rician& o) const { return context.make<RicianStage>(o); }
  StagePtr operator()(const op::Sensor& o) const { return context.make<SensorStage>(o); }
  StagePtr operator()(const op::Pattern& o) const { return context.make<PatternStage>(o); }
  StagePtr operator()(const op::RowNoise& o) const { return context.make<RowNoiseStage>(o); }
  StagePtr operator()(const op::PinkNoise& o) const { return context.make<PinkNoiseStage>(o, context.size); }
  StagePtr operator()(const op::FilmGrain& o) const { return context.make<FilmGrainStage>(o, context.size); }
  template <class O>
    requires(!NoiseOp<O>)
  StagePtr operator()(const O&) const {
    return nullptr;
  }
};

StagePtr MakeNoise(const Op& op, const StageContext& context) { return std::visit(NoiseMaker{context}, op); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(MakeNoise);

StagePtr noise_stage(const Op& op, const StageContext& context) {
  return HWY_DYNAMIC_DISPATCH(MakeNoise)(op, context);
}

}  // namespace doppel::augment
#endif
