// Tone: functions of one channel's value, which collapse to tables.
#include <algorithm>
#include <cmath>
#include <span>

#include "base/pooled_vector.h"
#include "color_steps.h"
#include "render/pixel_stage.h"

namespace doppel::augment {
namespace {

/// Points of a smooth curve: each of the 256 levels is one, with one between two.
constexpr int kPoints = 255 * 2 + 1;

class CurveStage final : public PixelStage {
 public:
  template <class Curve>
  explicit CurveStage(const Curve& curve) {
    for (int i = 0; i < kPoints; ++i)
      y_[static_cast<std::size_t>(i)] =
          static_cast<float>(std::clamp(curve(static_cast<double>(i) / (kPoints - 1)), 0.0, 1.0));
  }
  bool is_table() const override { return true; }
  bool is_one_table() const override { return true; }
  void run(const PixelRow& row) const override {
    for (int c = 0; c < row.planes; ++c) {
      float* v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) {
        const float t = std::clamp(v[x], 0.F, 1.F) * (kPoints - 1);
        const auto i = std::min(static_cast<std::size_t>(t + 1e-3F), static_cast<std::size_t>(kPoints - 2));
        v[x] = y_[i] + (t - static_cast<float>(i)) * (y_[i + 1] - y_[i]);
      }
    }
  }

 private:
  std::array<float, kPoints> y_;
};

/// A table of levels for each channel; values in between take the nearest level's.
class LevelStage final : public PixelStage {
 public:
  explicit LevelStage(const std::array<std::array<float, 256>, 3>& tables) : tables_(tables) {}
  bool is_table() const override { return true; }
  void run(const PixelRow& row) const override {
    for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
      float* v = row.plane[c];
      for (int x = 0; x < row.width; ++x)
        v[x] = tables_[c][static_cast<std::size_t>(std::clamp(v[x], 0.F, 1.F) * 255 + 0.5F)];
    }
  }

 private:
  std::array<std::array<float, 256>, 3> tables_;
};

class SolarizeStage final : public PixelStage {
 public:
  explicit SolarizeStage(const op::Solarize& o)
      : add_(o.mode == op::Solarize::Mode::Add),
        threshold_(static_cast<float>(o.threshold)),
        amount_(static_cast<float>(o.amount)) {}
  bool is_table() const override { return true; }
  bool is_one_table() const override { return true; }
  void run(const PixelRow& row) const override {
    for (int c = 0; c < row.planes; ++c) {
      float* v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) {
        // Thresholds are asked of levels: the same for 8 bits and floats.
        const bool above = v[x] >= threshold_ - 1e-6F;
        if (add_)
          v[x] = above ? v[x] : std::clamp(v[x] + amount_, 0.F, 1.F);
        else
          v[x] = above ? 1 - v[x] : v[x];
      }
    }
  }

 private:
  bool add_;
  float threshold_, amount_;
};

class PosterizeStage final : public PixelStage {
 public:
  explicit PosterizeStage(int bits) : mask_(0xff & ~((1 << (8 - bits)) - 1)) {}
  bool is_table() const override { return true; }
  bool is_one_table() const override { return true; }
  void run(const PixelRow& row) const override {
    for (int c = 0; c < row.planes; ++c) {
      float* v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x)
        v[x] = static_cast<float>(static_cast<int>(std::clamp(v[x], 0.F, 1.F) * 255 + 0.5F) & mask_) *
               (1 / 255.F);
    }
  }

 private:
  int mask_;
};

/// The monotone cubic of Fritsch and Carlson through points at even steps; the identity where there are none.
class MonotoneCurve {
 public:
  explicit MonotoneCurve(std::span<const double> y) : y_(y), slope_(y.size(), 0.0) {
    const std::size_t n = y.size();
    for (std::size_t i = 1; i + 1 < n; ++i) {
      const double a = y[i] - y[i - 1], b = y[i + 1] - y[i];
      slope_[i] = a * b <= 0 ? 0 : 2 * a * b / (a + b);  // harmonic: never overshoots
    }
    if (n < 2) return;
    slope_[0] = y[1] - y[0];
    slope_[n - 1] = y[n - 1] - y[n - 2];
  }
  double operator()(double x) const {
    const std::size_t n = y_.size();
    if (n < 2) return x;
    const double t = x * static_cast<double>(n - 1);
    const std::size_t i = std::min(static_cast<std::size_t>(t), n - 2);
    const double f = t - static_cast<double>(i), g = 1 - f;
    return y_[i] * (1 + 2 * f) * g * g + slope_[i] * f * g * g + y_[i + 1] * f * f * (3 - 2 * f) -
           slope_[i + 1] * f * f * g;
  }

 private:
  std::span<const double> y_;
  PooledVector<double> slope_;
};

/// OpenCV's equalisation: levels below the first used one go to 0, the rest by the distribution without it.
std::array<float, 256> equalized(const std::array<std::uint32_t, 256>& counts) {
  std::array<float, 256> table{};
  double total = 0;
  for (const auto n : counts) total += n;
  std::size_t first = 0;
  while (first < 255 && counts[first] == 0) ++first;
  const double rest = total - counts[first];
  double sum = 0;
  for (std::size_t v = 0; v < 256; ++v) {
    if (v > first) sum += counts[v];
    // One level only: it stays.
    table[v] =
        rest <= 0 ? static_cast<float>(v) / 255.F : static_cast<float>(std::round(sum * 255 / rest) / 255);
  }
  return table;
}

/// Level v to the quantile of its middle rank, blended in by `share`.
std::array<float, 256> matched(const std::array<std::uint32_t, 256>& counts,
                               std::span<const double> quantiles, double share) {
  std::array<float, 256> table{};
  double total = 0, below = 0;
  for (const auto n : counts) total += n;
  for (std::size_t v = 0; v < 256; ++v) {
    const double rank =
        (below + counts[v] / 2.0) / std::max(1.0, total) * static_cast<double>(quantiles.size() - 1);
    below += counts[v];
    const std::size_t i = std::min(static_cast<std::size_t>(rank), quantiles.size() - 2);
    const double f = rank - static_cast<double>(i),
                 target = quantiles[i] + f * (quantiles[i + 1] - quantiles[i]);
    table[v] = static_cast<float>((1 - share) * static_cast<double>(v) / 255 + share * target);
  }
  return table;
}

struct MakeTone {
  const StageContext& context;

  StagePtr scale(double factor, double offset) const {
    return make_scale_stage({factor, factor, factor}, {offset, offset, offset}, context);
  }
  template <class Curve>
  StagePtr curve(const Curve& f) const {
    return context.make<CurveStage>(f);
  }
  /// A table per channel from its histogram.
  template <class Table>
  StagePtr levels(Table table) const {
    std::array<std::array<float, 256>, 3> tables{};
    for (std::size_t c = 0; c < static_cast<std::size_t>(context.planes); ++c)
      tables[c] = table(context.stats.histogram[c], c);
    return context.make<LevelStage>(tables);
  }

  StagePtr operator()(const op::ColorMatrix& o) const {
    const auto& m = o.matrix;
    if (context.planes == 1) return scale(m[0] + m[1] + m[2], m[3]);
    const bool diagonal = m[1] == 0 && m[2] == 0 && m[4] == 0 && m[6] == 0 && m[8] == 0 && m[9] == 0;
    if (!diagonal) return nullptr;
    return make_scale_stage({m[0], m[5], m[10]}, {m[3], m[7], m[11]}, context);
  }
  StagePtr operator()(const op::Contrast& o) const {
    if (!o.per_channel)
      return scale(o.factor, (1 - o.factor) * context.stats.luma(context.planes) + o.offset);
    std::array<double, 3> offset = context.stats.mean;
    for (double& mean : offset) mean = (1 - o.factor) * mean + o.offset;
    return make_scale_stage({o.factor, o.factor, o.factor}, offset, context);
  }
  StagePtr operator()(const op::Gamma& o) const { return make_gamma_stage(o.gamma, context); }
  StagePtr operator()(const op::Curve& o) const { return curve(MonotoneCurve(o.y)); }
  StagePtr operator()(const op::Contour& o) const {
    if (o.shape == op::Contour::Shape::Sigmoid)
      return curve([o](double x) { return 1 / (1 + std::exp(o.gain * (o.cutoff - x))); });
    return curve([o](double x) { return o.gain * std::log2(1 + x); });
  }
  StagePtr operator()(const op::Solarize& o) const { return context.make<SolarizeStage>(o); }
  StagePtr operator()(const op::Posterize& o) const { return context.make<PosterizeStage>(o.bits); }
  StagePtr operator()(const op::Exposure& o) const {
    const double luma = context.stats.luma(context.planes);
    return scale(std::clamp(luma > 1e-6 ? o.target / luma : o.high, o.low, std::max(o.low, o.high)), 0);
  }
  StagePtr operator()(const op::AutoContrast& o) const {
    std::array<double, 3> factor{1, 1, 1}, offset{};
    for (std::size_t c = 0; c < static_cast<std::size_t>(context.planes); ++c) {
      const auto& counts = context.stats.histogram[c];
      double total = 0;
      for (const auto n : counts) total += n;
      const double cut = total * o.cutoff;
      int low = 0, high = 255;
      for (double sum = counts[0]; low < 255 && sum <= cut; sum += counts[static_cast<std::size_t>(low)])
        ++low;
      for (double sum = counts[255]; high > 0 && sum <= cut; sum += counts[static_cast<std::size_t>(high)])
        --high;
      if (high <= low) continue;
      factor[c] = 255.0 / (high - low);
      offset[c] = -factor[c] * low / 255;
    }
    return make_scale_stage(factor, offset, context);
  }
  StagePtr operator()(const op::Equalize&) const {
    return levels([](const auto& counts, std::size_t) { return equalized(counts); });
  }
  StagePtr operator()(const op::MatchHistogram& o) const {
    if (o.quantiles.empty()) return nullptr;
    const std::size_t n = o.quantiles.size() / 3;
    return levels([&](const auto& counts, std::size_t c) {
      return matched(counts, std::span(o.quantiles).subspan(c * n, n), o.share);
    });
  }
  template <class O>
    requires(!ToneOp<O>)
  StagePtr operator()(const O&) const {
    return nullptr;
  }
};

}  // namespace

StagePtr tone_stage(const Op& op, const StageContext& context) { return std::visit(MakeTone{context}, op); }

}  // namespace doppel::augment
