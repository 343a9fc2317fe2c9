#include "doppel/augment/linear/linear_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory_resource>

#include "doppel/base/error.h"
#include "kernels/warp.h"
#include "render/pixel_stage.h"
#include "render/sampling/sampler.h"

namespace doppel::augment {

/// One affine step over planes.
class LinearPlan::Step {
 public:
  Step(Size in, Size out, int channels) : in_(in), out_(out), channels_(channels) {}
  virtual ~Step() = default;
  virtual void forward(const float* x, float* y) const = 0;
  virtual void forward(const double* x, double* y) const = 0;
  virtual void adjoint(const float* dy, float* dx) const = 0;
  virtual void adjoint(const double* dy, double* dx) const = 0;
  std::size_t in_pixels() const { return pixels(in_); }
  std::size_t out_pixels() const { return pixels(out_); }
  std::size_t in_count() const { return in_pixels() * static_cast<std::size_t>(channels_); }
  std::size_t out_count() const { return out_pixels() * static_cast<std::size_t>(channels_); }

 protected:
  static std::size_t pixels(Size s) {
    return static_cast<std::size_t>(s.height) * static_cast<std::size_t>(s.width);
  }
  Size in_, out_;
  int channels_;
};

namespace {

using Step = LinearPlan::Step;

/// A step whose `apply` and `carry_back` are templates of the numbers' type.
template <class Self>
class StepOf : public Step {
 public:
  using Step::Step;
  void forward(const float* x, float* y) const final { self().apply(x, y); }
  void forward(const double* x, double* y) const final { self().apply(x, y); }
  void adjoint(const float* dy, float* dx) const final { self().carry_back(dy, dx); }
  void adjoint(const double* dy, double* dx) const final { self().carry_back(dy, dx); }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

/// Each output pixel is a sum of weighted input pixels, and what the border adds; all planes alike.
class Gather final : public StepOf<Gather> {
 public:
  using StepOf::StepOf;
  /// The next output pixel.
  void begin_pixel() { starts_.push_back(taps_.size()); }
  void add(int x, int y, double weight, const Fill& fill) {
    const int sx = border_index(x, in_.width, fill.kind), sy = border_index(y, in_.height, fill.kind);
    if (weight == 0) return;
    if (sx >= 0 && sy >= 0) {
      taps_.push_back({sy * in_.width + sx, static_cast<float>(weight)});
      return;
    }
    border_.resize(out_count());
    for (int c = 0; c < channels_; ++c)
      border_[static_cast<std::size_t>(c) * out_pixels() + starts_.size() - 1] +=
          static_cast<float>(weight * fill.color[static_cast<std::size_t>(c)]);
  }
  void finish() { starts_.push_back(taps_.size()); }

  template <class T>
  void apply(const T* x, T* y) const {
    for (int c = 0; c < channels_; ++c, x += in_pixels(), y += out_pixels())
      for (std::size_t i = 0; i < out_pixels(); ++i) {
        T sum = border_.empty() ? 0 : border_[static_cast<std::size_t>(c) * out_pixels() + i];
        for (std::size_t t = starts_[i]; t < starts_[i + 1]; ++t) sum += taps_[t].weight * x[taps_[t].index];
        y[i] = sum;
      }
  }
  template <class T>
  void carry_back(const T* dy, T* dx) const {
    std::fill_n(dx, in_count(), T{0});
    for (int c = 0; c < channels_; ++c, dx += in_pixels(), dy += out_pixels())
      for (std::size_t i = 0; i < out_pixels(); ++i)
        for (std::size_t t = starts_[i]; t < starts_[i + 1]; ++t)
          dx[taps_[t].index] += taps_[t].weight * dy[i];
  }

 private:
  struct Tap {
    int index;
    float weight;
  };
  std::vector<std::size_t> starts_;
  std::vector<Tap> taps_;
  std::vector<float> border_;
};

/// y = scale · x + offset, each of every value.
class Diagonal final : public StepOf<Diagonal> {
 public:
  Diagonal(Size size, int channels, std::vector<float> scale, std::vector<float> offset)
      : StepOf(size, size, channels), scale_(std::move(scale)), offset_(std::move(offset)) {}
  template <class T>
  void apply(const T* x, T* y) const {
    for (std::size_t i = 0; i < in_count(); ++i) y[i] = scale_[i] * x[i] + offset_[i];
  }
  template <class T>
  void carry_back(const T* dy, T* dx) const {
    for (std::size_t i = 0; i < in_count(); ++i) dx[i] = scale_[i] * dy[i];
  }

 private:
  std::vector<float> scale_, offset_;
};

/// Colours mixed, the same at every pixel.
class Mixing final : public StepOf<Mixing> {
 public:
  Mixing(Size size, int channels, const std::array<double, 12>& m) : StepOf(size, size, channels) {
    for (std::size_t i = 0; i < 12; ++i) matrix_[i] = static_cast<float>(m[i]);
    // A grey image takes the first row as if r = g = b.
    if (channels == 1) matrix_ = {matrix_[0] + matrix_[1] + matrix_[2], 0, 0, matrix_[3]};
  }
  template <class T>
  void apply(const T* x, T* y) const {
    const auto n = static_cast<std::size_t>(channels_), all = in_pixels();
    for (std::size_t o = 0; o < n; ++o)
      for (std::size_t i = 0; i < all; ++i) {
        T sum = matrix_[4 * o + 3];
        for (std::size_t c = 0; c < n; ++c) sum += matrix_[4 * o + c] * x[c * all + i];
        y[o * all + i] = sum;
      }
  }
  template <class T>
  void carry_back(const T* dy, T* dx) const {
    const auto n = static_cast<std::size_t>(channels_), all = in_pixels();
    for (std::size_t c = 0; c < n; ++c)
      for (std::size_t i = 0; i < all; ++i) {
        T sum = 0;
        for (std::size_t o = 0; o < n; ++o) sum += matrix_[4 * o + c] * dy[o * all + i];
        dx[c * all + i] = sum;
      }
  }

 private:
  std::array<float, 12> matrix_{};
};

/// About the image's own mean: y = factor · x + (1 - factor) · mean(x) + offset.
class AboutMean final : public StepOf<AboutMean> {
 public:
  AboutMean(Size size, int channels, const op::Contrast& o) : StepOf(size, size, channels), op_(o) {
    constexpr std::array<double, 3> kLuma{0.299, 0.587, 0.114};
    for (std::size_t c = 0; c < 3; ++c) share_[c] = channels == 1 ? 1 : kLuma[c];
  }
  template <class T>
  void apply(const T* x, T* y) const {
    const auto means = sums(x, true);
    for (std::size_t i = 0; i < in_count(); ++i)
      y[i] = static_cast<T>(op_.factor * static_cast<double>(x[i]) +
                            (1 - op_.factor) * means[i / in_pixels()] + op_.offset);
  }
  template <class T>
  void carry_back(const T* dy, T* dx) const {
    const auto totals = sums(dy, false);
    for (std::size_t i = 0; i < in_count(); ++i)
      dx[i] = static_cast<T>(op_.factor * static_cast<double>(dy[i]) +
                             (1 - op_.factor) * totals[i / in_pixels()]);
  }

 private:
  /// Forward: the mean that each channel is drawn to; back: what each pixel of a channel gives to it.
  template <class T>
  std::array<double, 3> sums(const T* v, bool forward) const {
    std::array<double, 3> own{}, result{};
    const auto n = static_cast<std::size_t>(channels_);
    for (std::size_t i = 0; i < in_count(); ++i)
      own[i / in_pixels()] += static_cast<double>(v[i]) / static_cast<double>(in_pixels());
    if (op_.per_channel) return own;
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) result[a] += (forward ? share_[b] : share_[a]) * own[b];
    return result;
  }
  op::Contrast op_;
  std::array<double, 3> share_{};
};

/// The mean of the source under an unturned output pixel, as the reference renderer's.
void add_area(Gather& gather, const Matrix3& back, int x, int y, const Fill& fill) {
  const auto range = [](double origin, double step, int i) {
    const double width = std::max(1.0, std::abs(step)), centre = origin + (i + 0.5) * step;
    return std::pair{centre - width / 2, centre + width / 2};
  };
  const auto [left, right] = range(back.m[2], back.m[0], x);
  const auto [top, bottom] = range(back.m[5], back.m[4], y);
  const double area = (right - left) * (bottom - top);
  for (double v = std::floor(top); v < bottom; ++v)
    for (double u = std::floor(left); u < right; ++u)
      gather.add(
          static_cast<int>(u), static_cast<int>(v),
          (std::min(right, u + 1) - std::max(left, u)) * (std::min(bottom, v + 1) - std::max(top, v)) / area,
          fill);
}

/// Half as large by 2x2 means; an odd last row or column counts twice.
std::unique_ptr<Step> halved(Size in, int channels) {
  const Size out{(in.height + 1) / 2, (in.width + 1) / 2};
  auto gather = std::make_unique<Gather>(in, out, channels);
  const Fill repeat{Fill::Kind::Replicate, {}};
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      gather->begin_pixel();
      for (int k = 0; k < 4; ++k) gather->add(2 * x + k % 2, 2 * y + k / 2, 0.25, repeat);
    }
  gather->finish();
  return gather;
}

/// What a run of geometric ops reads, as the renderer reads it.
std::vector<std::unique_ptr<const Step>> resampling(std::span<const Op> ops, const GeometryRun& run, Size in,
                                                    int channels) {
  std::vector<std::unique_ptr<const Step>> steps;
  Path path(ops.first(run.count), in);
  const bool area = run.filter != Filter::Nearest && path.matrix() && shrinks_straight(*path.matrix());
  if (run.filter == Filter::Bicubic)
    throw UsageError(fmt::format("{} reads with a bicubic filter, whose result is clamped: take bilinear",
                                 name_of(ops[0])));
  const int levels = area || run.filter == Filter::Nearest ? 0 : halvings(path, run.size);
  for (int level = 0; level < levels && (in.width > 1 || in.height > 1); ++level) {
    steps.push_back(halved(in, channels));
    in = {(in.height + 1) / 2, (in.width + 1) / 2};
    path.scale_source(0.5, 0.5);
  }
  auto gather = std::make_unique<Gather>(in, run.size, channels);
  for (int y = 0; y < run.size.height; ++y)
    for (int x = 0; x < run.size.width; ++x) {
      gather->begin_pixel();
      if (area) {
        add_area(*gather, *path.matrix(), x, y, run.fill);
        continue;
      }
      Point p = path.source({x + 0.5, y + 0.5});
      p = {std::clamp(p.x, -1e7, 1e7), std::clamp(p.y, -1e7, 1e7)};
      if (run.filter == Filter::Nearest) {
        gather->add(static_cast<int>(std::floor(p.x)), static_cast<int>(std::floor(p.y)), 1, run.fill);
        continue;
      }
      const double u = p.x - 0.5, v = p.y - 0.5, left = std::floor(u), top = std::floor(v);
      const double a = u - left, b = v - top;
      const int i = static_cast<int>(left), j = static_cast<int>(top);
      gather->add(i, j, (1 - a) * (1 - b), run.fill);
      gather->add(i + 1, j, a * (1 - b), run.fill);
      gather->add(i, j + 1, (1 - a) * b, run.fill);
      gather->add(i + 1, j + 1, a * b, run.fill);
    }
  gather->finish();
  steps.push_back(std::move(gather));
  return steps;
}

std::unique_ptr<Step> padded(const op::Pad& pad, Size in, int channels) {
  const Size out = size_after(pad, in);
  auto gather = std::make_unique<Gather>(in, out, channels);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      gather->begin_pixel();
      gather->add(x - pad.left, y - pad.top, 1, pad.fill);
    }
  gather->finish();
  return gather;
}

/// A symmetric kernel along one axis; the border is mirrored about its pixels' centres.
std::unique_ptr<Step> blurred(const std::vector<double>& half, bool across, Size size, int channels) {
  const Fill mirror{Fill::Kind::Reflect, {}};
  auto gather = std::make_unique<Gather>(size, size, channels);
  const int reach = static_cast<int>(half.size()) - 1;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      gather->begin_pixel();
      for (int k = -reach; k <= reach; ++k)
        gather->add(across ? x + k : x, across ? y : y + k, half[static_cast<std::size_t>(std::abs(k))],
                    mirror);
    }
  gather->finish();
  return gather;
}

std::vector<double> half_gaussian(double sigma) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3.5 * sigma)));
  std::vector<double> half;
  double sum = 0;
  for (int k = 0; k <= reach; ++k) {
    half.push_back(std::exp(-0.5 * k * k / (sigma * sigma)));
    sum += k == 0 ? 1 : 2 * half.back();
  }
  for (double& w : half) w /= sum;
  return half;
}

/// The planes that a pixel op makes of one grey.
std::vector<float> answer(const Op& any, Size size, int channels, float grey) {
  static const ImageStats kNone;
  std::pmr::monotonic_buffer_resource memory;
  const StagePtr stage = make_stage(any, {size, channels, kNone, &memory});
  const std::size_t pixels = static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
  std::vector<float> planes(pixels * static_cast<std::size_t>(channels), grey);
  if (!stage) return planes;
  // Stages may write whole vectors, beyond the row's end.
  const std::size_t length = static_cast<std::size_t>(size.width) + kScratchPadding;
  std::vector<float> rows(length * static_cast<std::size_t>(channels));
  for (int y = 0; y < size.height; ++y) {
    PixelRow row{y, size.width, channels, {}};
    std::ranges::fill(rows, grey);
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
      row.plane[c] = rows.data() + c * length;
    stage->run(row);
    for (int c = 0; c < channels; ++c)
      std::copy_n(row.plane[static_cast<std::size_t>(c)], size.width,
                  planes.data() + static_cast<std::size_t>(c) * pixels +
                      static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width));
  }
  return planes;
}

/// What only hides pixels shows in what becomes of black and of white.
std::unique_ptr<Step> hiding(const Op& any, Size size, int channels) {
  auto black = answer(any, size, channels, 0), white = answer(any, size, channels, 1);
  for (std::size_t i = 0; i < white.size(); ++i) white[i] -= black[i];
  return std::make_unique<Diagonal>(size, channels, std::move(white), std::move(black));
}

std::unique_ptr<Step> added_noise(const Op& any, Size size, int channels) {
  auto noise = answer(any, size, channels, 0.5F);
  for (float& v : noise) v -= 0.5F;
  return std::make_unique<Diagonal>(size, channels, std::vector<float>(noise.size(), 1.F), std::move(noise));
}

bool only_hides(const Op& any) {
  if (const auto* cover = std::get_if<op::Cover>(&any))
    return cover->fill == CoverFill::Color || cover->fill == CoverFill::Noise;
  if (const auto* shapes = std::get_if<op::Shapes>(&any)) return shapes->dx == 0 && shapes->dy == 0;
  return std::holds_alternative<op::CoverGrid>(any) || std::holds_alternative<op::PixelDropout>(any);
}

/// Steps of one op that isn't geometric.
std::vector<std::unique_ptr<const Step>> steps_of(const Op& any, Size size, int channels) {
  std::vector<std::unique_ptr<const Step>> steps;
  const auto add = [&](auto step) { steps.push_back(std::move(step)); };
  const auto add_blur = [&](const std::vector<double>& half) {
    add(blurred(half, true, size, channels));
    add(blurred(half, false, size, channels));
  };
  if (const auto* pad = std::get_if<op::Pad>(&any)) {
    add(padded(*pad, size, channels));
  } else if (const auto* matrix = std::get_if<op::ColorMatrix>(&any)) {
    add(std::make_unique<Mixing>(size, channels, matrix->matrix));
  } else if (const auto* contrast = std::get_if<op::Contrast>(&any)) {
    add(std::make_unique<AboutMean>(size, channels, *contrast));
  } else if (const auto* noise = std::get_if<op::Noise>(&any);
             noise && noise->law == op::Noise::Law::Additive) {
    add(added_noise(any, size, channels));
  } else if (only_hides(any)) {
    add(hiding(any, size, channels));
  } else if (const auto* gauss = std::get_if<op::GaussianBlur>(&any)) {
    if (gauss->sigma > 0) add_blur(half_gaussian(gauss->sigma));
  } else if (const auto* box = std::get_if<op::BoxBlur>(&any)) {
    add_blur(std::vector<double>(static_cast<std::size_t>(box->size / 2) + 1, 1.0 / box->size));
  } else {
    throw UsageError(
        fmt::format("{} isn't affine in the pixels, so gradients can't pass it: take flips, crops, warps, "
                    "colour matrices, "
                    "contrast, covers of one colour, additive noise, Gaussian and box blurs",
                    name_of(any)));
  }
  return steps;
}

}  // namespace

LinearPlan::LinearPlan(const Plan& plan, int channels)
    : source_(plan.source), size_(plan.source), channels_(channels) {
  if (channels != 1 && channels != 3) throw UsageError("a linear plan is for 1 or 3 channels");
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const std::span<const Op> rest = std::span(plan.ops).subspan(i);
    if (const GeometryRun run = geometry_run(plan.ops, i, size_); run.count > 0) {
      for (auto& step : resampling(rest, run, size_, channels)) steps_.push_back(std::move(step));
      size_ = run.size;
      i += run.count - 1;
      continue;
    }
    for (auto& step : steps_of(plan.ops[i], size_, channels)) steps_.push_back(std::move(step));
    size_ = size_after(plan.ops[i], size_);
  }
}

LinearPlan::~LinearPlan() = default;
LinearPlan::LinearPlan(LinearPlan&&) noexcept = default;
LinearPlan& LinearPlan::operator=(LinearPlan&&) noexcept = default;

namespace {

std::size_t numbers(Size size, int channels) {
  return static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) *
         static_cast<std::size_t>(channels);
}

void check_counts(std::size_t in, std::size_t out, std::size_t source, std::size_t result) {
  if (in != source || out != result)
    throw UsageError(fmt::format("{} values are given and room for {}; this plan takes {} and gives {}", in,
                                 out, source, result));
}

}  // namespace

template <class T>
void LinearPlan::apply(std::span<const T> x, std::span<T> y) const {
  check_counts(x.size(), y.size(), numbers(source_, channels_), numbers(size_, channels_));
  std::vector<T> now(x.begin(), x.end());
  for (const auto& step : steps_) {
    std::vector<T> next(step->out_count());
    step->forward(now.data(), next.data());
    now = std::move(next);
  }
  std::ranges::copy(now, y.begin());
}

template <class T>
void LinearPlan::carry_back(std::span<const T> dy, std::span<T> dx) const {
  check_counts(dy.size(), dx.size(), numbers(size_, channels_), numbers(source_, channels_));
  std::vector<T> now(dy.begin(), dy.end());
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    std::vector<T> next((*step)->in_count());
    (*step)->adjoint(now.data(), next.data());
    now = std::move(next);
  }
  std::ranges::copy(now, dx.begin());
}

void LinearPlan::forward(std::span<const float> x, std::span<float> y) const { apply(x, y); }
void LinearPlan::forward(std::span<const double> x, std::span<double> y) const { apply(x, y); }
void LinearPlan::adjoint(std::span<const float> dy, std::span<float> dx) const { carry_back(dy, dx); }
void LinearPlan::adjoint(std::span<const double> dy, std::span<double> dx) const { carry_back(dy, dx); }

}  // namespace doppel::augment
