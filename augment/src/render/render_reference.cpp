// The plain renderer: whole float images, one op at a time, double arithmetic where it counts.
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <optional>

#include "bands.h"
#include "doppel/augment/plan/sample.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "kernels/warp.h"
#include "pixel_program.h"
#include "render/sampling/area.h"
#include "render/sampling/sampler.h"
#include "whole_op.h"
#include "writer.h"

namespace doppel::augment {
namespace {

/// Channel c of the pixel that a border rule shows at (x, y).
double tap(const cv::Mat& image, int x, int y, int c, const Fill& fill) {
  const int sx = border_index(x, image.cols, fill.kind), sy = border_index(y, image.rows, fill.kind);
  if (sx < 0 || sy < 0) return color_of_channel(fill.color, image.channels(), c);
  return static_cast<double>(image.ptr<float>(sy)[sx * image.channels() + c]);
}

double sample(const cv::Mat& image, Point p, int c, const Fill& fill, Filter filter) {
  if (filter == Filter::Nearest)
    return tap(image, static_cast<int>(std::floor(p.x)), static_cast<int>(std::floor(p.y)), c, fill);
  const double u = p.x - 0.5, v = p.y - 0.5, fu = std::floor(u), fv = std::floor(v);
  const int x = static_cast<int>(fu), y = static_cast<int>(fv);
  const double a = u - fu, b = v - fv;
  return (1 - b) * ((1 - a) * tap(image, x, y, c, fill) + a * tap(image, x + 1, y, c, fill)) +
         b * ((1 - a) * tap(image, x, y + 1, c, fill) + a * tap(image, x + 1, y + 1, c, fill));
}

/// Keys' cubic convolution with a = -3/4.
double cubic(double t) {
  t = std::abs(t);
  if (t < 1) return (1.25 * t - 2.25) * t * t + 1;
  return t < 2 ? -0.75 * (((t - 5) * t + 8) * t - 4) : 0;
}

double sample_cubic(const cv::Mat& image, Point p, int c, const Fill& fill) {
  const double u = p.x - 0.5, v = p.y - 0.5;
  const int x = static_cast<int>(std::floor(u)), y = static_cast<int>(std::floor(v));
  double sum = 0;
  for (int j = -1; j <= 2; ++j)
    for (int i = -1; i <= 2; ++i)
      sum += cubic(u - x - i) * cubic(v - y - j) * tap(image, x + i, y + j, c, fill);
  return std::clamp(sum, 0.0, 1.0);
}

/// One op's way back: a matrix or a field.
struct Back {
  Matrix3 map;
  std::optional<Field> field;
  Point operator()(Point p) const { return field ? field->source(p) : map(p); }
};

/// The mean of the source under an output pixel, which is unturned: along an axis where it is narrower than a
/// source pixel, between two of them.
double area_mean(const cv::Mat& image, const Matrix3& back, int x, int y, int c, const Fill& fill) {
  const auto range = [](double origin, double step, int i) {
    const double width = std::max(1.0, std::abs(step)), centre = origin + (i + 0.5) * step;
    return std::pair{centre - width / 2, centre + width / 2};
  };
  const auto [left, right] = range(back.m[2], back.m[0], x);
  const auto [top, bottom] = range(back.m[5], back.m[4], y);
  double sum = 0;
  for (double v = std::floor(top); v < bottom; ++v)
    for (double u = std::floor(left); u < right; ++u)
      sum += (std::min(right, u + 1) - std::max(left, u)) * (std::min(bottom, v + 1) - std::max(top, v)) *
             tap(image, static_cast<int>(u), static_cast<int>(v), c, fill);
  return sum / ((right - left) * (bottom - top));
}

/// Each output pixel walks back through the run's ops, one map after the other, and is read once.
cv::Mat resample(const cv::Mat& source, std::span<const Op> ops, const GeometryRun& run) {
  std::vector<Back> back;
  Size size = size_of(source);
  for (const Op& op : ops.first(run.count)) {
    if (is_bend(op))
      back.push_back({{}, make_field(op, size)});
    else
      back.push_back({inverse(map_of(op, size)), std::nullopt});
    size = size_after(op, size);
  }
  const Path path(ops.first(run.count), size_of(source));
  cv::Mat image = source;
  double scale = 1;
  const bool area = run.filter != Filter::Nearest && path.matrix() && shrinks_straight(*path.matrix());
  if (!area && run.filter != Filter::Nearest)
    for (int n = halvings(path, run.size); n > 0 && (image.cols > 1 || image.rows > 1); --n) {
      image = halve(image);
      scale /= 2;
    }
  cv::Mat out(size.height, size.width, source.type());
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) {
      if (area) {
        for (int c = 0; c < out.channels(); ++c)
          out.ptr<float>(y)[x * out.channels() + c] =
              static_cast<float>(area_mean(source, *path.matrix(), x, y, c, run.fill));
        continue;
      }
      Point p{x + 0.5, y + 0.5};
      for (auto step = back.rbegin(); step != back.rend(); ++step) p = (*step)(p);
      p = {std::clamp(p.x * scale, -1e7, 1e7), std::clamp(p.y * scale, -1e7, 1e7)};
      for (int c = 0; c < out.channels(); ++c)
        out.ptr<float>(y)[x * out.channels() + c] =
            static_cast<float>(run.filter == Filter::Bicubic ? sample_cubic(image, p, c, run.fill)
                                                             : sample(image, p, c, run.fill, run.filter));
    }
  return out;
}

ImageStats stats_of(const cv::Mat& image) {
  ImageStats stats;
  cv::Scalar mean, deviation;
  cv::meanStdDev(image, mean, deviation);
  const cv::Scalar top = cv::mean(image.rowRange(0, std::max(1, image.rows / 3)));
  for (int c = 0; c < std::min(3, image.channels()); ++c) {
    const auto k = static_cast<std::size_t>(c);
    stats.mean[k] = mean[c];
    stats.deviation[k] = deviation[c];
    stats.sky[k] = top[c];
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols; ++x)
        ++stats.histogram[k][static_cast<std::size_t>(
            std::clamp(image.ptr<float>(y)[x * image.channels() + c], 0.F, 1.F) * 255 + 0.5F)];
  }
  return stats;
}

/// `band`: the number of its group.
cv::Mat change_pixels(const cv::Mat& image, const Op& op, int band) {
  const int planes = std::min(3, image.channels());
  std::pmr::monotonic_buffer_resource memory;
  const ImageStats stats = stats_of(image);
  const auto stage = make_stage(op, {size_of(image), planes, stats, &memory});
  if (!stage) return image;
  std::vector<cv::Mat> channels;
  cv::split(image, channels);
  for (int y = 0; y < image.rows; ++y) {
    PixelRow row{y, image.cols, planes, {}, band};
    for (std::size_t c = 0; c < static_cast<std::size_t>(planes); ++c)
      row.plane[c] = channels[c].ptr<float>(y);
    stage->run(row);
  }
  cv::Mat out;
  cv::merge(channels, out);
  return out;
}

cv::Mat normalize(const cv::Mat& image, const ChannelNorms& norms) {
  cv::Mat out = image.clone();
  const int channels = image.channels();
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x)
      for (int c = 0; c < std::min(3, channels); ++c) {
        const auto k = static_cast<std::size_t>(c);
        float& v = out.ptr<float>(y)[x * channels + c];
        v = static_cast<float>((static_cast<double>(v) - norms.mean[k]) / norms.std[k]);
      }
  return out;
}

}  // namespace

namespace {

/// A pixel op or Normalize, group by group where there are bands.
cv::Mat change_groups(const cv::Mat& image, const Op& op, const BandRules& rules) {
  const auto change = [&](const cv::Mat& part, const BandGroup& group) {
    const auto* norms = std::get_if<op::Normalize>(&op);
    if (!norms) return change_pixels(part, op, group.number);
    return normalize(part, norms->per_image ? ChannelNorms::of(*norms, stats_of(part), part.channels())
                                            : ChannelNorms::of(*norms, group));
  };
  if (!has_bands(image.channels(), rules)) return change(image, BandGroup{});
  cv::Mat out = image.clone();
  for (const BandGroup& group : band_groups(image.channels(), rules))
    if (group.planes == 3 || !needs_rgb(op)) {
      const cv::Mat part = change(group_of(image, group), group);
      put_group(part, group, out);
    }
  return out;
}

}  // namespace

cv::Mat render_reference(const Plan& plan, const cv::Mat& source, std::span<const Sample> partners) {
  cv::Mat image;
  source.convertTo(image, CV_32F,
                   source.depth() == CV_8U    ? 1 / 255.0
                   : source.depth() == CV_16U ? 1 / 65535.0
                                              : 1);
  bool normalized = false;
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const Op& op = plan.ops[i];
    if (const GeometryRun run = geometry_run(plan.ops, i, size_of(image)); run.count > 0) {
      image = resample(image, std::span(plan.ops).subspan(i), run);
      i += run.count - 1;
    } else if (kind_of(op) == OpKind::Pixel) {
      image = change_groups(image, op, band_rules(plan));
      normalized = normalized || std::holds_alternative<op::Normalize>(op);
    } else {
      image = apply_whole(op, image, partners, band_rules(plan));
    }
  }
  cv::Mat out;
  if (normalized || source.depth() == CV_32F) return image;
  image.convertTo(out, source.depth(), source.depth() == CV_8U ? 255 : 65535);
  return out;
}

}  // namespace doppel::augment
