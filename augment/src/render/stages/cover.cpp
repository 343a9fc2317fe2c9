// Covers: what hides pixels.
#include <algorithm>
#include <cmath>
#include <span>

#include "base/exact_math.h"
#include "base/pooled_vector.h"
#include "kernels/noise.h"
#include "render/pixel_stage.h"
#include "shapes.h"

namespace doppel::augment {
namespace {

std::array<float, 3> floats(const std::array<double, 3>& v) {
  return {static_cast<float>(v[0]), static_cast<float>(v[1]), static_cast<float>(v[2])};
}

std::uint8_t to_byte(float v) { return static_cast<std::uint8_t>(std::clamp(v, 0.F, 1.F) * 255 + 0.5F); }

/// The colour of a span of interleaved bytes; alpha stays.
void fill_bytes(std::uint8_t* pixels, int channels, int x0, int x1, const std::array<float, 3>& color) {
  const std::array<std::uint8_t, 3> bytes{to_byte(color[0]), to_byte(color[1]), to_byte(color[2])};
  if (channels == 1 || (channels == 3 && bytes[0] == bytes[1] && bytes[1] == bytes[2])) {
    std::fill(pixels + x0 * channels, pixels + x1 * channels, bytes[0]);
    return;
  }
  for (int x = x0; x < x1; ++x)
    for (int c = 0; c < 3; ++c) pixels[x * channels + c] = bytes[static_cast<std::size_t>(c)];
}

void fill_span(const PixelRow& row, int x0, int x1, const std::array<float, 3>& color) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c)
    std::fill(row.plane[c] + x0, row.plane[c] + x1, color[c]);
}

class CoverStage final : public PixelStage {
 public:
  CoverStage(const op::Cover& o, const ImageStats& stats)
      : o_(o), color_(floats(o.fill == CoverFill::Mean ? stats.mean : o.color)) {}
  bool takes_bytes() const override { return true; }
  void run(const PixelRow& row) const override {
    each_hole(row.y, row.width, [&](int x0, int x1) {
      if (o_.fill == CoverFill::Noise)
        scatter(row, x0, x1);
      else
        fill_span(row, x0, x1, color_);
    });
  }
  void run_bytes(const std::uint8_t* in, std::uint8_t* pixels, int channels, int y,
                 int width) const override {
    copy_bytes(in, channels * width, pixels);
    each_hole(y, width, [&](int x0, int x1) {
      if (o_.fill != CoverFill::Noise) return fill_bytes(pixels, channels, x0, x1, color_);
      std::array<std::uint8_t, kNoiseBlock> bytes;
      for (int c = 0; c < std::min(3, channels); ++c)
        each_noise(c, y, x0, x1, [&](int first, std::span<const float> noise) {
          std::transform(noise.begin(), noise.end(), bytes.begin(),
                         [](float v) { return static_cast<std::uint8_t>(static_cast<int>(v * 255 + 0.5F)); });
          std::uint8_t* to = pixels + first * channels + c;
          for (std::size_t i = 0; i < noise.size(); ++i, to += channels) *to = bytes[i];
        });
    });
  }

 private:
  template <class Fill>
  void each_hole(int y, int width, Fill fill) const {
    for (std::size_t h = 0; h + 3 < o_.holes.size(); h += 4) {
      const int x0 = std::max(0, static_cast<int>(o_.holes[h])), y0 = static_cast<int>(o_.holes[h + 1]);
      const int x1 = std::min(width, static_cast<int>(o_.holes[h] + o_.holes[h + 2]));
      if (y >= y0 && y < y0 + static_cast<int>(o_.holes[h + 3]) && x1 > x0) fill(x0, x1);
    }
  }

  void scatter(const PixelRow& row, int x0, int x1) const {
    for (int c = 0; c < row.planes; ++c)
      each_noise(c, row.y, x0, x1, [&](int first, std::span<const float> noise) {
        std::copy(noise.begin(), noise.end(), row.plane[static_cast<std::size_t>(c)] + first);
      });
  }

  /// The noise of a channel's pixels x0 <= x < x1, in parts: call(x of the part's first, its values).
  template <class Call>
  void each_noise(int channel, int y, int x0, int x1, Call call) const {
    const RowKey key = RowKey::of(o_.seed, channel, y);
    NoiseBlock noise;
    for (int block = x0 / kNoiseBlock; block * kNoiseBlock < x1; ++block) {
      uniform_noise(key, block, noise);
      const int start = block * kNoiseBlock, first = std::max(x0, start),
                last = std::min(x1, start + kNoiseBlock);
      call(first, std::span<const float>(noise).subspan(static_cast<std::size_t>(first - start),
                                                        static_cast<std::size_t>(last - first)));
    }
  }
  const op::Cover& o_;  ///< of the plan, which outlives its stages
  std::array<float, 3> color_;
};

class ShapesStage final : public PixelStage {
 public:
  explicit ShapesStage(const op::Shapes& o) : o_(o), color_(floats(o.color)) {}
  bool takes_bytes() const override { return true; }
  void run(const PixelRow& row) const override {
    each_span(row.y, row.width, [&](int x0, int x1) { fill_span(row, x0, x1, color_); });
  }
  void run_bytes(const std::uint8_t* in, std::uint8_t* pixels, int channels, int y,
                 int width) const override {
    copy_bytes(in, channels * width, pixels);
    each_span(y, width, [&](int x0, int x1) { fill_bytes(pixels, channels, x0, x1, color_); });
  }

 private:
  template <class Fill>
  void each_span(int y, int width, Fill fill) const {
    for (std::size_t i = 0; i + o_.stride() <= o_.shapes.size(); i += o_.stride()) {
      const auto [x0, x1] = shape_span(o_, std::span(o_.shapes).subspan(i, o_.stride()), y + 0.5);
      const int first = std::clamp(static_cast<int>(std::ceil(x0 - 0.5)), 0, width),
                last = std::clamp(static_cast<int>(std::ceil(x1 - 0.5)), 0, width);
      if (first < last) fill(first, last);
    }
  }

  const op::Shapes& o_;  ///< of the plan, which outlives its stages
  std::array<float, 3> color_;
};

class GridStage final : public PixelStage {
 public:
  GridStage(const op::CoverGrid& o, int width)
      : o_(o),
        color_(floats(o.color)),
        cosine_(exact::cos(o.angle * exact::kRadians)),
        sine_(exact::sin(o.angle * exact::kRadians)) {
    if (sine_ != 0) return;
    const Axis across = axes(0).first;
    for (int x = 0; x < width;) {
      const double at = across.place(x);
      const int next = std::min(width, x + across.stay(at));
      if (at < o_.ratio) upright_.push_back({x, next});
      x = next;
    }
  }
  bool takes_bytes() const override { return true; }
  void run(const PixelRow& row) const override {
    each_span(row.y, row.width, [&](int x0, int x1) { fill_span(row, x0, x1, color_); });
  }
  void run_bytes(const std::uint8_t* in, std::uint8_t* pixels, int channels, int y,
                 int width) const override {
    copy_bytes(in, channels * width, pixels);
    each_span(y, width, [&](int x0, int x1) { fill_bytes(pixels, channels, x0, x1, color_); });
  }

 private:
  /// Along one of the grid's axes: where a pixel of a row is within its cell, in [0, 1).
  struct Axis {
    Axis(double first, double per_pixel, double holes)
        : start(first + 1e6),
          step(per_pixel),
          ratio(holes),
          inverse(std::abs(step) < 1e-9 ? 1e9 : 1 / step),
          end_inside((step > 0 ? ratio : 0) * inverse),
          end_outside((step > 0 ? 1 : ratio) * inverse) {}
    double start, step, ratio;  ///< `start` is positive for every pixel: a cast is then a floor
    double inverse, end_inside, end_outside;

    double place(int x) const {
      const double u = start + step * x;
      return u - static_cast<double>(static_cast<std::int64_t>(u));
    }
    /// Pixels from one at `place` to the next that lies otherwise; at least one.
    int stay(double place) const {
      const double pixels = (place < ratio ? end_inside : end_outside) - place * inverse;
      const int whole = static_cast<int>(std::min(std::abs(pixels), 1e6));
      return std::max(1, whole + (whole < pixels));
    }
  };

  std::pair<Axis, Axis> axes(int y) const {
    const double inverse = 1 / o_.unit, px = 0.5 - o_.x, py = y + 0.5 - o_.y;
    return {Axis((cosine_ * px - sine_ * py) * inverse, cosine_ * inverse, o_.ratio),
            Axis((sine_ * px + cosine_ * py) * inverse, sine_ * inverse, o_.ratio)};
  }

  /// Runs of pixels in holes, from one change on either axis to the next.
  template <class Fill>
  void each_span(int y, int width, Fill fill) const {
    const auto [across, down] = axes(y);
    if (sine_ == 0) {
      if (down.place(0) < o_.ratio)
        for (const ColumnSpan& span : upright_) fill(span.first, std::min(width, span.last));
      return;
    }
    for (int x = 0; x < width;) {
      const double u = across.place(x), v = down.place(x);
      const int next = std::min(width, x + std::min(across.stay(u), down.stay(v)));
      if (u < o_.ratio && v < o_.ratio) fill(x, next);
      x = next;
    }
  }

  op::CoverGrid o_;
  std::array<float, 3> color_;
  double cosine_, sine_;
  PooledVector<ColumnSpan> upright_;  ///< holes of every row that has some, of a grid that isn't turned
};

/// Words below it are hit.
std::uint32_t threshold_of(double share) {
  return static_cast<std::uint32_t>(std::min(share * 0x1p32, 4294967295.0));
}

class PixelDropoutStage final : public PixelStage {
 public:
  explicit PixelDropoutStage(const op::PixelDropout& o)
      : o_(o), color_(floats(o.color)), threshold_(threshold_of(o.share)) {}
  bool takes_bytes() const override { return true; }
  void run_bytes(const std::uint8_t* in, std::uint8_t* pixels, int channels, int y,
                 int width) const override {
    copy_bytes(in, channels * width, pixels);
    const RowKey key = RowKey::of(o_.seed, 0, y);
    WordBlock words;
    for (int first = 0, block = 0; first < width; first += kNoiseBlock, ++block) {
      random_words(key, block, words);
      for (int i = 0; i < std::min(kNoiseBlock, width - first); ++i)
        if (words[static_cast<std::size_t>(i)] < threshold_)
          fill_bytes(pixels, channels, first + i, first + i + 1, color_);
    }
  }
  void run(const PixelRow& row) const override {
    const RowKey key = RowKey::of(o_.seed, 0, row.y);
    WordBlock words;
    for (int first = 0, block = 0; first < row.width; first += kNoiseBlock, ++block) {
      random_words(key, block, words);
      const int n = std::min(kNoiseBlock, row.width - first);
      for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
        float* v = row.plane[c] + first;
        for (int i = 0; i < n; ++i) v[i] = words[static_cast<std::size_t>(i)] < threshold_ ? color_[c] : v[i];
      }
    }
  }

 private:
  op::PixelDropout o_;
  std::array<float, 3> color_;
  std::uint32_t threshold_;
};

class SaltPepperStage final : public PixelStage {
 public:
  explicit SaltPepperStage(const op::SaltPepper& o)
      : o_(o), hit_(threshold_of(o.amount)), salt_(threshold_of(o.amount * o.salt)) {}
  bool takes_bytes() const override { return true; }
  void run_bytes(const std::uint8_t* in, std::uint8_t* pixels, int channels, int y,
                 int width) const override {
    copy_bytes(in, channels * width, pixels);
    WordBlock words;
    const int planes = std::min(3, channels);
    for (int c = 0; c < (o_.each_channel ? planes : 1); ++c) {
      const RowKey key = RowKey::of(o_.seed, c, y);
      for (int first = 0, block = 0; first < width; first += kNoiseBlock, ++block) {
        random_words(key, block, words);
        for (int i = 0; i < std::min(kNoiseBlock, width - first); ++i) {
          const std::uint32_t word = words[static_cast<std::size_t>(i)];
          if (word >= hit_) continue;
          std::uint8_t* p = pixels + (first + i) * channels;
          const std::uint8_t value = word < salt_ ? 255 : 0;
          for (int k = o_.each_channel ? c : 0; k < (o_.each_channel ? c + 1 : planes); ++k) p[k] = value;
        }
      }
    }
  }
  void run(const PixelRow& row) const override {
    WordBlock words;
    for (int first = 0, block = 0; first < row.width; first += kNoiseBlock, ++block) {
      const int n = std::min(kNoiseBlock, row.width - first);
      for (int c = 0; c < row.planes; ++c) {
        if (c == 0 || o_.each_channel)
          random_words(RowKey::of(o_.seed, o_.each_channel ? row.noise_plane(c) : 0, row.y), block, words);
        float* v = row.plane[static_cast<std::size_t>(c)] + first;
        for (int i = 0; i < n; ++i) {
          const std::uint32_t word = words[static_cast<std::size_t>(i)];
          v[i] = word < salt_ ? 1.F : word < hit_ ? 0.F : v[i];
        }
      }
    }
  }

 private:
  op::SaltPepper o_;
  std::uint32_t hit_, salt_;
};

}  // namespace

std::pair<double, double> shape_span(const op::Shapes& o, std::span<const double> s, double y) {
  using Kind = op::Shapes::Kind;
  constexpr std::pair<double, double> kNone{1, 0};
  if (o.shape == Kind::Ellipse) {
    // ((c dx - s dy)/a)² + ((s dx + c dy)/b)² <= 1, solved for dx at this dy; angles are counter-clockwise, y
    // points down.
    const double c = std::cos(s[4] * exact::kRadians), t = std::sin(s[4] * exact::kRadians), dy = y - s[1];
    const double ia = 1 / std::max(1e-9, s[2] * s[2]), ib = 1 / std::max(1e-9, s[3] * s[3]);
    const double qa = c * c * ia + t * t * ib, qb = c * t * dy * (ib - ia),
                 qc = dy * dy * (t * t * ia + c * c * ib) - 1;
    const double root = qb * qb - qa * qc;
    if (root <= 0) return kNone;
    return {s[0] + (-qb - std::sqrt(root)) / qa, s[0] + (-qb + std::sqrt(root)) / qa};
  }
  std::array<Point, 4> corner{};
  std::size_t count = 3;
  if (o.shape == Kind::Triangle) {
    corner = {{{s[0], s[1]}, {s[2], s[3]}, {s[4], s[5]}, {}}};
  } else {
    const double dx = s[2] - s[0], dy = s[3] - s[1], length = std::max(1e-9, std::sqrt(dx * dx + dy * dy));
    const double nx = -dy / length * s[4] / 2, ny = dx / length * s[4] / 2;
    corner = {
        {{s[0] + nx, s[1] + ny}, {s[2] + nx, s[3] + ny}, {s[2] - nx, s[3] - ny}, {s[0] - nx, s[1] - ny}}};
    count = 4;
  }
  double low = 1e300, high = -1e300;
  for (std::size_t i = 0; i < count; ++i) {
    const Point a = corner[i], b = corner[(i + 1) % count];
    if ((a.y <= y) == (b.y <= y)) continue;
    const double x = a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x);
    low = std::min(low, x);
    high = std::max(high, x);
  }
  return low < high ? std::pair{low, high} : kNone;
}

bool shape_covers(const op::Shapes& o, Point p) {
  for (std::size_t i = 0; i + o.stride() <= o.shapes.size(); i += o.stride()) {
    const auto [x0, x1] = shape_span(o, std::span(o.shapes).subspan(i, o.stride()), p.y);
    if (p.x >= x0 && p.x < x1) return true;
  }
  return false;
}

struct CoverMaker {
  const StageContext& context;
  StagePtr operator()(const op::Cover& o) const { return context.make<CoverStage>(o, context.stats); }
  StagePtr operator()(const op::Shapes& o) const { return context.make<ShapesStage>(o); }
  StagePtr operator()(const op::CoverGrid& o) const { return context.make<GridStage>(o, context.size.width); }
  StagePtr operator()(const op::PixelDropout& o) const { return context.make<PixelDropoutStage>(o); }
  StagePtr operator()(const op::SaltPepper& o) const { return context.make<SaltPepperStage>(o); }
  template <class O>
    requires(!CoverOp<O>)
  StagePtr operator()(const O&) const {
    return nullptr;
  }
};

StagePtr cover_stage(const Op& op, const StageContext& context) {
  return std::visit(CoverMaker{context}, op);
}

}  // namespace doppel::augment
