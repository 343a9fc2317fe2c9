#include "pixel_stages.h"

#include <algorithm>
#include <cmath>

#include "pixel_noise.h"
#include "weather_layers.h"

namespace doppel::augment {
namespace {

float clamp01(float v) { return std::min(1.F, std::max(0.F, v)); }

std::span<float> plane_of(const PixelRow& row, int c) {
  return {row.plane[static_cast<std::size_t>(c)], static_cast<std::size_t>(row.width)};
}

/// x' = clamp(scale · x + offset), per channel.
class ScaleStage final : public PixelStage {
 public:
  ScaleStage(std::array<double, 3> scale, std::array<double, 3> offset) {
    for (std::size_t c = 0; c < 3; ++c) {
      scale_[c] = static_cast<float>(scale[c]);
      offset_[c] = static_cast<float>(offset[c]);
    }
  }
  bool is_table() const override { return true; }
  void run(const PixelRow& row) const override {
    for (int c = 0; c < row.planes; ++c) {
      const float a = scale_[static_cast<std::size_t>(c)], b = offset_[static_cast<std::size_t>(c)];
      for (float& v : plane_of(row, c)) v = clamp01(a * v + b);
    }
  }

 private:
  std::array<float, 3> scale_{}, offset_{};
};

class MatrixStage final : public PixelStage {
 public:
  explicit MatrixStage(const op::ColorMatrix& o) {
    std::ranges::transform(o.matrix, m_.begin(), [](double v) { return static_cast<float>(v); });
  }
  void run(const PixelRow& row) const override {
    float *r = row.plane[0], *g = row.plane[1], *b = row.plane[2];
    for (int x = 0; x < row.width; ++x) {
      const float vr = r[x], vg = g[x], vb = b[x];
      r[x] = clamp01(m_[0] * vr + m_[1] * vg + m_[2] * vb + m_[3]);
      g[x] = clamp01(m_[4] * vr + m_[5] * vg + m_[6] * vb + m_[7]);
      b[x] = clamp01(m_[8] * vr + m_[9] * vg + m_[10] * vb + m_[11]);
    }
  }

 private:
  std::array<float, 12> m_{};
};

/// HSV turn without leaving RGB: value and chroma stay, the hexagon's phase moves.
class HueStage final : public PixelStage {
 public:
  explicit HueStage(double turn) : sixths_(static_cast<float>(turn * 6)) {}
  void run(const PixelRow& row) const override {
    for (int x = 0; x < row.width; ++x) turn(row.plane[0][x], row.plane[1][x], row.plane[2][x]);
  }

 private:
  void turn(float& r, float& g, float& b) const {
    const float high = std::max({r, g, b}), low = std::min({r, g, b}), chroma = high - low;
    if (chroma <= 0) return;
    float h = high == r ? (g - b) / chroma : high == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
    h += sixths_ + 12;
    const auto wave = [&](float n) {  // Smith 1978, as one formula
      const float k = std::fmod(n + h, 6.F);
      return high - chroma * std::max(0.F, std::min({k, 4 - k, 1.F}));
    };
    r = wave(5);
    g = wave(3);
    b = wave(1);
  }
  float sixths_;
};

class NoiseStage final : public PixelStage {
 public:
  explicit NoiseStage(const op::Noise& o) : op_(o) {}
  void run(const PixelRow& row) const override {
    std::vector<float> noise(static_cast<std::size_t>(row.width));
    const auto std = static_cast<float>(op_.std);
    const bool shared = op_.channels == op::Noise::Channels::Shared;
    for (int c = 0; c < row.planes; ++c) {
      if (c == 0 || !shared) normal_row(op_.seed, c, row.y, noise);
      float* v = row.plane[static_cast<std::size_t>(c)];
      if (op_.law == op::Noise::Law::Additive)
        for (int x = 0; x < row.width; ++x) v[x] = clamp01(v[x] + std * noise[static_cast<std::size_t>(x)]);
      else
        for (int x = 0; x < row.width; ++x)
          v[x] = clamp01(v[x] * (1 + std * noise[static_cast<std::size_t>(x)]));
    }
  }

 private:
  op::Noise op_;
};

class SaltPepperStage final : public PixelStage {
 public:
  explicit SaltPepperStage(const op::SaltPepper& o) : op_(o) {}
  void run(const PixelRow& row) const override {
    std::vector<std::uint32_t> words(static_cast<std::size_t>(row.width));
    random_words(op_.seed, 0, row.y, words);
    for (int x = 0; x < row.width; ++x) {
      const double u = words[static_cast<std::size_t>(x)] * 0x1p-32;
      if (u >= op_.amount) continue;
      const float value = u < op_.amount * op_.salt ? 1.F : 0.F;
      for (int c = 0; c < row.planes; ++c) row.plane[static_cast<std::size_t>(c)][x] = value;
    }
  }

 private:
  op::SaltPepper op_;
};

class CoverStage final : public PixelStage {
 public:
  CoverStage(const op::Cover& o, const PictureMeans& means) : op_(o) {
    for (std::size_t c = 0; c < 3; ++c)
      color_[c] = static_cast<float>(o.fill == CoverFill::Mean ? means.mean[c] : o.color[c]);
  }
  void run(const PixelRow& row) const override {
    for (std::size_t h = 0; h + 3 < op_.holes.size(); h += 4) {
      const int x0 = std::max(0, static_cast<int>(op_.holes[h])), y0 = static_cast<int>(op_.holes[h + 1]);
      const int x1 = std::min(row.width, static_cast<int>(op_.holes[h] + op_.holes[h + 2]));
      if (row.y < y0 || row.y >= y0 + static_cast<int>(op_.holes[h + 3]) || x1 <= x0) continue;
      for (int c = 0; c < row.planes; ++c) fill(row, c, x0, x1);
    }
  }

 private:
  void fill(const PixelRow& row, int c, int x0, int x1) const {
    const auto hole =
        plane_of(row, c).subspan(static_cast<std::size_t>(x0), static_cast<std::size_t>(x1 - x0));
    if (op_.fill != CoverFill::Noise) {
      std::ranges::fill(hole, color_[static_cast<std::size_t>(c)]);
      return;
    }
    std::vector<std::uint32_t> words(static_cast<std::size_t>(row.width));
    random_words(op_.seed, c, row.y, words);
    for (std::size_t i = 0; i < hole.size(); ++i)
      hole[i] = unit_float(words[static_cast<std::size_t>(x0) + i]);
  }
  op::Cover op_;
  std::array<float, 3> color_{};
};

/// x' = x·t + color·(1 - t), t per pixel: what all weather ends in.
void veil(const PixelRow& row, std::span<const float> transmission, const std::array<float, 3>& color) {
  for (int c = 0; c < row.planes; ++c) {
    float* v = row.plane[static_cast<std::size_t>(c)];
    const float k = color[static_cast<std::size_t>(c)];
    for (int x = 0; x < row.width; ++x) {
      const float t = transmission[static_cast<std::size_t>(x)];
      v[x] = clamp01(v[x] * t + k * (1 - t));
    }
  }
}

class RainStage final : public PixelStage {
 public:
  RainStage(const op::Rain& o, Size size, int planes, const PictureMeans& means)
      : layer_(o, size),
        contrast_(static_cast<float>(1 - 0.25 * std::min(1.0, o.amount * o.dim))),
        brightness_(static_cast<float>(1 - 0.15 * std::min(1.0, o.amount * o.dim))),
        luma_(static_cast<float>(means.luma(planes))) {
    for (std::size_t c = 0; c < 3; ++c) color_[c] = static_cast<float>(0.3 + 0.7 * means.sky[c]);
  }
  void run(const PixelRow& row) const override {
    for (int c = 0; c < row.planes; ++c)
      for (float& v : plane_of(row, c)) v = clamp01(brightness_ * (contrast_ * v + (1 - contrast_) * luma_));
    std::vector<float> transmission(static_cast<std::size_t>(row.width), 1.F);
    layer_.row(row.y, transmission);
    veil(row, transmission, color_);
  }

 private:
  CapsuleLayer layer_;
  float contrast_, brightness_, luma_;
  std::array<float, 3> color_{};
};

class SnowStage final : public PixelStage {
 public:
  SnowStage(const op::SnowFall& o, Size size) : layer_(o, size) {}
  void run(const PixelRow& row) const override {
    std::vector<float> transmission(static_cast<std::size_t>(row.width), 1.F);
    layer_.row(row.y, transmission);
    veil(row, transmission, {0.97F, 0.98F, 1.F});
  }

 private:
  CapsuleLayer layer_;
};

class FogStage final : public PixelStage {
 public:
  FogStage(const op::Fog& o, Size size) : light_(fog_transmission(o, size)) {
    for (std::size_t c = 0; c < 3; ++c) color_[c] = static_cast<float>(o.airlight[c]);
  }
  void run(const PixelRow& row) const override {
    veil(row, {light_.ptr<float>(row.y), static_cast<std::size_t>(row.width)}, color_);
  }

 private:
  cv::Mat light_;
  std::array<float, 3> color_{};
};

bool is_diagonal(const std::array<double, 12>& m) {
  return m[1] == 0 && m[2] == 0 && m[4] == 0 && m[6] == 0 && m[8] == 0 && m[9] == 0;
}

struct MakeStage {
  Size size;
  int planes;
  const PictureMeans& means;
  using Result = std::unique_ptr<PixelStage>;

  Result operator()(const op::ColorMatrix& o) const {
    const auto& m = o.matrix;
    if (planes == 1)
      return std::make_unique<ScaleStage>(std::array{m[0] + m[1] + m[2], 0., 0.}, std::array{m[3], 0., 0.});
    if (is_diagonal(m))
      return std::make_unique<ScaleStage>(std::array{m[0], m[5], m[10]}, std::array{m[3], m[7], m[11]});
    return std::make_unique<MatrixStage>(o);
  }
  Result operator()(const op::Contrast& o) const {
    const double offset = (1 - o.factor) * means.luma(planes);
    return std::make_unique<ScaleStage>(std::array{o.factor, o.factor, o.factor},
                                        std::array{offset, offset, offset});
  }
  Result operator()(const op::Hue& o) const {
    if (planes == 1) return nullptr;
    return std::make_unique<HueStage>(o.turn);
  }
  Result operator()(const op::Noise& o) const { return std::make_unique<NoiseStage>(o); }
  Result operator()(const op::SaltPepper& o) const { return std::make_unique<SaltPepperStage>(o); }
  Result operator()(const op::Cover& o) const { return std::make_unique<CoverStage>(o, means); }
  Result operator()(const op::Rain& o) const { return std::make_unique<RainStage>(o, size, planes, means); }
  Result operator()(const op::SnowFall& o) const { return std::make_unique<SnowStage>(o, size); }
  Result operator()(const op::Fog& o) const { return std::make_unique<FogStage>(o, size); }
  Result operator()(const auto&) const { return nullptr; }
};

}  // namespace

std::unique_ptr<PixelStage> make_stage(const Op& any, Size size, int planes, const PictureMeans& means) {
  return std::visit(MakeStage{size, planes, means}, any);
}

}  // namespace doppel::augment
