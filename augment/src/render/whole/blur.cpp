// Blurs and filters over neighbours.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/exact_math.h"
#include "base/image_pool.h"
#include "base/pooled_vector.h"
#include "filter.h"
#include "kernels/median.h"
#include "kernels/noise.h"
#include "kernels/warp.h"
#include "kernels/zoom.h"
#include "loops.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

cv::Mat ellipse_kernel(const op::EllipseBlur& o) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3 * std::max(o.sigma_x, o.sigma_y))));
  const double c = exact::cos(o.angle * exact::kRadians), s = exact::sin(o.angle * exact::kRadians);
  cv::Mat kernel = pooled_image(2 * reach + 1, 2 * reach + 1, CV_32F);
  double sum = 0;
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x) {
      const double u = (c * x - s * y) / o.sigma_x, v = (s * x + c * y) / o.sigma_y;
      const double w = exact::exp(-(u * u + v * v) / 2);
      kernel.at<float>(y + reach, x + reach) = static_cast<float>(w);
      sum += w;
    }
  const auto scale = static_cast<float>(1 / sum);
  std::for_each(kernel.ptr<float>(), kernel.ptr<float>() + kernel.total(), [=](float& w) { w *= scale; });
  return kernel;
}

/// Medians of 3x3 or 5x5 bytes; beyond the image its edge goes on.
cv::Mat small_median(const cv::Mat& image, int size) {
  const int reach = size / 2, channels = image.channels(), n = image.cols * channels;
  cv::Mat around = pooled_image(image.rows + 2 * reach, image.cols + 2 * reach, image.type()),
          out = pooled_like(image, image.type());
  cv::copyMakeBorder(image, around, reach, reach, reach, reach, cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  cv::Mat scratch = pooled_image(size, around.cols * channels, CV_8U);
  for (int y = 0; y < image.rows; ++y)
    median_row(around.ptr(y), static_cast<std::ptrdiff_t>(around.step[0]), size, channels, n, scratch.ptr(),
               out.ptr(y));
  return out;
}

/// Mean of zooms 1 to f in n = 2^k steps of at most two pixels: k times the mean of the image so far and
/// itself zoomed, by 2^i steps. In floats: half a level of rounding a round would show.
cv::Mat zoom_blur(const cv::Mat& image, const op::ZoomBlur& o) {
  const double widest = (o.factor - 1) * std::max(image.cols, image.rows) / 2;
  if (widest <= 0) return image.clone();
  int rounds = 1;
  while ((2 << rounds) < widest && rounds < 9) ++rounds;
  const double step = exact::log(o.factor) / ((1 << rounds) - 1);
  const double cx = o.x * image.cols, cy = o.y * image.rows;
  const int channels = image.channels(), n = image.cols * channels;
  // One row more: rows are written in whole vectors.
  cv::Mat sum = pooled_image(image.rows + 1, n, CV_32F), next = pooled_image(image.rows + 1, n, CV_32F);
  cv::Mat buffer = pooled_image(1, n + kZoomPadding, CV_32F);
  std::fill_n(buffer.ptr<float>(), buffer.cols, 0.F);
  std::fill_n(sum.ptr<float>(image.rows), n, 0.F);
  image.reshape(1).convertTo(sum.rowRange(0, image.rows), CV_32F, image.depth() == CV_8U ? 1 / 255.0 : 1);
  for (int i = 0; i < rounds; ++i) {
    const double zoom = exact::exp(step * (1 << i));
    const ZoomAxis across(cx, zoom, image.cols, channels), down(cy, zoom, image.rows, 1);
    for (int y = 0; y < image.rows; ++y) {
      const int above = down.place(y), below = std::min(above + 1, image.rows - 1);
      zoom_row(sum.ptr<float>(y), sum.ptr<float>(above), sum.ptr<float>(below), down.share(y), across, n,
               buffer.ptr<float>(), next.ptr<float>(y));
    }
    std::swap(sum, next);
  }
  cv::Mat out = pooled_like(image, image.type());
  sum.rowRange(0, image.rows)
      .reshape(channels)
      .convertTo(out, image.type(), image.depth() == CV_8U ? 255 : 1);
  return out;
}

/// One round: every pixel from up to `shift` away; beyond the edge the nearest.
cv::Mat scatter_once(const cv::Mat& image, const op::Scatter& o, int round) {
  cv::Mat out = pooled_like(image, image.type());
  const std::size_t bytes = image.elemSize();
  const auto range = static_cast<std::uint32_t>(2 * o.shift + 1);
  WordBlock words;
  for (int y = 0; y < image.rows; ++y) {
    const RowKey key = RowKey::of(o.seed, round, y);
    unsigned char* to = out.ptr(y);
    for (int x = 0; x < image.cols; ++x, to += bytes) {
      if (x % kNoiseBlock == 0) random_words(key, x / kNoiseBlock, words);
      const std::uint32_t word = words[static_cast<std::size_t>(x % kNoiseBlock)];
      // Two draws from one word's halves.
      const int dx = static_cast<int>(((word & 0xffffU) * range) >> 16) - o.shift,
                dy = static_cast<int>(((word >> 16) * range) >> 16) - o.shift;
      const unsigned char* from = image.ptr(std::clamp(y + dy, 0, image.rows - 1)) +
                                  static_cast<std::size_t>(std::clamp(x + dx, 0, image.cols - 1)) * bytes;
      for (std::size_t k = 0; k < bytes; ++k) to[k] = from[k];
    }
  }
  return out;
}

struct Blur {
  const cv::Mat& image;
  const cv::Mat& place;

  cv::Mat operator()(const op::GaussianBlur& o) const {
    return o.sigma > 0 ? gaussian(image, o.sigma, place) : image.clone();
  }
  cv::Mat operator()(const op::LineBlur& o) const { return filtered(image, line_kernel(o), place); }
  cv::Mat operator()(const op::EllipseBlur& o) const { return filtered(image, ellipse_kernel(o), place); }
  cv::Mat operator()(const op::DiscBlur& o) const { return filtered(image, disc_kernel(o), place); }
  cv::Mat operator()(const op::BoxBlur& o) const { return box(image, o.size, place); }
  cv::Mat operator()(const op::MedianBlur& o) const {
    if (o.size <= 1) return image.clone();
    if (image.depth() == CV_8U && (o.size == 3 || o.size == 5)) return small_median(image, o.size);
    cv::Mat out = pooled_like(image, image.type());
    if (image.depth() == CV_8U || o.size <= 5) {
      cv::medianBlur(image, out, o.size);
      return out;
    }
    // OpenCV's large medians take bytes.
    cv::Mat bytes, median;
    image.convertTo(bytes, CV_8U, 255);
    cv::medianBlur(bytes, median, o.size);
    median.convertTo(out, CV_32F, 1 / 255.0);
    return out;
  }
  cv::Mat operator()(const op::ZoomBlur& o) const { return zoom_blur(image, o); }
  cv::Mat operator()(const op::Scatter& o) const {
    cv::Mat now = o.sigma > 0 ? gaussian(image, o.sigma) : image;
    for (int round = 0; round < o.rounds; ++round) now = scatter_once(now, o, round);
    if (o.sigma > 0) now = gaussian(now, o.sigma);
    return now;
  }
  cv::Mat operator()(const op::Kernel& o) const {
    if (o.weights.size() <= 1) return image.clone();
    const int n = static_cast<int>(std::lround(std::sqrt(static_cast<double>(o.weights.size()))));
    cv::Mat kernel = pooled_image(n, n, CV_32F);
    for (int i = 0; i < n * n; ++i)
      kernel.at<float>(i / n, i % n) = static_cast<float>(o.weights[static_cast<std::size_t>(i)]);
    cv::Mat out = filtered(image, kernel, place);
    if (image.depth() == CV_32F) out = cv::min(cv::max(out, 0.0), 1.0);
    return out;
  }
  cv::Mat operator()(const op::Unsharp& o) const {
    const cv::Mat soft = gaussian(image, o.sigma);
    cv::Mat out = place.empty() ? pooled_like(image, image.type()) : place;
    const int n = image.cols * image.channels();
    const auto amount = static_cast<float>(o.amount), threshold = static_cast<float>(o.threshold);
    const UnsharpLevels levels(o.amount, o.threshold);
    for (int y = 0; y < image.rows; ++y) {
      if (image.depth() == CV_8U)
        unsharp_row(image.ptr(y), soft.ptr(y), levels, n, out.ptr(y));
      else
        unsharp_row(image.ptr<float>(y), soft.ptr<float>(y), amount, threshold, n, out.ptr<float>(y));
    }
    return out;
  }
  template <class O>
    requires(!BlurOp<O>)
  cv::Mat operator()(const O&) const {
    return {};
  }
};

/// A Gaussian over a small kernel, with zeros around it.
void soften(cv::Mat& kernel, double sigma) {
  const int side = kernel.cols, reach = std::max(1, static_cast<int>(std::ceil(4 * sigma)));
  PooledVector<double> weight;
  for (int j = -reach; j <= reach; ++j) weight.push_back(std::exp(-0.5 * j * j / (sigma * sigma)));
  const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
  cv::Mat before = pooled_image(side, side, CV_32F);
  for (const bool across : {true, false}) {
    std::copy_n(kernel.ptr<float>(), kernel.total(), before.ptr<float>());
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        double all = 0;
        for (int j = -reach; j <= reach; ++j) {
          const int at = (across ? x : y) + j;
          if (at >= 0 && at < side)
            all += weight[static_cast<std::size_t>(j + reach)] *
                   static_cast<double>(across ? before.at<float>(y, at) : before.at<float>(at, x));
        }
        kernel.at<float>(y, x) = static_cast<float>(all / sum);
      }
  }
}

}  // namespace

cv::Mat disc_kernel(const op::DiscBlur& o) {
  const int reach = std::max(1, static_cast<int>(std::ceil(o.radius + 0.5 + 3 * o.softness)));
  cv::Mat kernel = pooled_image(2 * reach + 1, 2 * reach + 1, CV_32F);
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x)
      kernel.at<float>(y + reach, x + reach) = static_cast<float>(
          std::clamp(o.radius + 0.5 - std::sqrt(static_cast<double>(x * x + y * y)), 0.0, 1.0));
  if (o.softness > 0) soften(kernel, o.softness);
  double sum = 0;
  for (int i = 0; i < static_cast<int>(kernel.total()); ++i)
    sum += static_cast<double>(kernel.ptr<float>()[i]);
  const auto scale = static_cast<float>(1 / sum);
  std::for_each(kernel.ptr<float>(), kernel.ptr<float>() + kernel.total(), [=](float& w) { w *= scale; });
  return kernel;
}

cv::Mat line_kernel(const op::LineBlur& blur) {
  // Points along the segment, closer than a pixel, each spread over its four pixels: an anti-aliased line.
  const double cosine = exact::cos(blur.angle * exact::kRadians),
               sine = -exact::sin(blur.angle * exact::kRadians);
  const int steps = std::max(1, static_cast<int>(std::ceil(blur.length * 8)));
  const double half = std::max(0.0, blur.length - 1) / 2;
  double weight_sum = 0, centroid = 0;
  const auto weight_at = [&](double t) { return 1 + blur.direction * t; };  // t in [-1, 1]
  for (int i = 0; i < steps; ++i) {
    const double t = steps == 1 ? 0 : 2.0 * i / (steps - 1) - 1;
    weight_sum += weight_at(t);
    centroid += weight_at(t) * t;
  }
  centroid /= weight_sum;
  const int reach = static_cast<int>(std::ceil(half * (1 + std::abs(centroid)))) + 1;
  cv::Mat kernel = pooled_image(2 * reach + 1, 2 * reach + 1, CV_64F);
  std::fill_n(kernel.ptr<double>(), kernel.total(), 0.0);
  for (int i = 0; i < steps; ++i) {
    const double t = steps == 1 ? 0 : 2.0 * i / (steps - 1) - 1;
    const double x = reach + half * (t - centroid) * cosine, y = reach + half * (t - centroid) * sine;
    const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
    const double fx = x - x0, fy = y - y0, w = weight_at(t) / weight_sum;
    kernel.at<double>(y0, x0) += w * (1 - fx) * (1 - fy);
    if (fx > 0) kernel.at<double>(y0, x0 + 1) += w * fx * (1 - fy);
    if (fy > 0) kernel.at<double>(y0 + 1, x0) += w * (1 - fx) * fy;
    if (fx > 0 && fy > 0) kernel.at<double>(y0 + 1, x0 + 1) += w * fx * fy;
  }
  cv::Mat f = pooled_image(kernel.rows, kernel.cols, CV_32F);
  std::transform(kernel.ptr<double>(), kernel.ptr<double>() + kernel.total(), f.ptr<float>(),
                 [](double v) { return static_cast<float>(v); });
  return f;
}

cv::Mat apply_blur(const Op& op, const cv::Mat& colors, const cv::Mat& place) {
  return std::visit(Blur{colors, place}, op);
}

}  // namespace doppel::augment
