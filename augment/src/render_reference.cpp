// The plain renderer: whole float images, one op at a time, double arithmetic where it counts.
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "doppel/augment/error.h"
#include "doppel/augment/render.h"
#include "doppel/augment/sample.h"
#include "geometry_run.h"
#include "pixel_stages.h"
#include "sampler.h"
#include "whole_ops.h"

namespace doppel::augment {
namespace {

/// Channel c of the pixel that a border rule shows at (x, y).
double tap(const cv::Mat& image, int x, int y, int c, const Fill& fill) {
  const int sx = border_index(x, image.cols, fill.kind), sy = border_index(y, image.rows, fill.kind);
  if (sx < 0 || sy < 0) return fill.color[static_cast<std::size_t>(c)];
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

/// Each output pixel walks back through the run's ops, one map after the other, and is read once.
cv::Mat resample(const cv::Mat& source, std::span<const Op> ops, const GeometryRun& run) {
  std::vector<Matrix3> back;
  Size size = size_of(source);
  for (const Op& op : ops.first(run.count)) {
    back.push_back(inverse(map_of(op, size)));
    size = size_after(op, size);
  }
  cv::Mat image = source;
  double scale = 1;
  if (run.filter == Filter::Bilinear)
    for (int n = halvings(inverse(run.map), run.size); n > 0 && (image.cols > 1 || image.rows > 1); --n) {
      image = halve(image);
      scale /= 2;
    }
  cv::Mat out(size.height, size.width, source.type());
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) {
      Point p{x + 0.5, y + 0.5};
      for (auto map = back.rbegin(); map != back.rend(); ++map) p = (*map)(p);
      p = {p.x * scale, p.y * scale};
      for (int c = 0; c < out.channels(); ++c)
        out.ptr<float>(y)[x * out.channels() + c] =
            static_cast<float>(sample(image, p, c, run.fill, run.filter));
    }
  return out;
}

PictureMeans means_of(const cv::Mat& image) {
  PictureMeans means;
  const cv::Scalar all = cv::mean(image), top = cv::mean(image.rowRange(0, std::max(1, image.rows / 3)));
  for (int c = 0; c < std::min(3, image.channels()); ++c) {
    means.mean[static_cast<std::size_t>(c)] = all[c];
    means.sky[static_cast<std::size_t>(c)] = top[c];
  }
  return means;
}

cv::Mat change_pixels(const cv::Mat& image, const Op& op) {
  const int planes = std::min(3, image.channels());
  const auto stage = make_stage(op, size_of(image), planes, means_of(image));
  if (!stage) return image;
  std::vector<cv::Mat> channels;
  cv::split(image, channels);
  for (int y = 0; y < image.rows; ++y) {
    PixelRow row{y, image.cols, planes, {}};
    for (std::size_t c = 0; c < static_cast<std::size_t>(planes); ++c)
      row.plane[c] = channels[c].ptr<float>(y);
    stage->run(row);
  }
  cv::Mat out;
  cv::merge(channels, out);
  return out;
}

cv::Mat normalize(const cv::Mat& image, const op::Normalize& op) {
  cv::Mat out = image.clone();
  const int channels = image.channels();
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x)
      for (int c = 0; c < std::min(3, channels); ++c) {
        const auto pick = [c](const std::vector<double>& v) {
          return v[std::min(static_cast<std::size_t>(c), v.size() - 1)];
        };
        float& v = out.ptr<float>(y)[x * channels + c];
        v = static_cast<float>((static_cast<double>(v) - pick(op.mean)) / pick(op.std));
      }
  return out;
}

}  // namespace

cv::Mat render_reference(const Plan& plan, const cv::Mat& source) {
  cv::Mat image;
  source.convertTo(image, CV_32F, source.depth() == CV_8U ? 1 / 255.0 : 1);
  bool normalized = false;
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const Op& op = plan.ops[i];
    if (const GeometryRun run = geometry_run(plan.ops, i, size_of(image)); run.count > 0) {
      image = resample(image, std::span(plan.ops).subspan(i), run);
      i += run.count - 1;
    } else if (const auto* last = std::get_if<op::Normalize>(&op)) {
      image = normalize(image, *last);
      normalized = true;
    } else if (kind_of(op) == OpKind::Pixel) {
      image = change_pixels(image, op);
    } else {
      image = apply_whole(op, image);
    }
  }
  cv::Mat out;
  if (normalized || source.depth() == CV_32F) return image;
  image.convertTo(out, CV_8U, 255);
  return out;
}

}  // namespace doppel::augment
