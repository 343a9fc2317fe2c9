#include "whole_ops.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "doppel/augment/codec_jpeg.h"
#include "doppel/augment/error.h"
#include "exact_math.h"

namespace doppel::augment {
namespace {

constexpr double kRadians = 3.141592653589793238462643383279503 / 180;

/// Runs `change` on the colours only; a fourth channel is put back.
template <class Change>
cv::Mat on_colors(const cv::Mat& image, Change change) {
  if (image.channels() != 4) return change(image);
  cv::Mat colors, alpha, out(image.size(), image.type());
  cv::cvtColor(image, colors, cv::COLOR_RGBA2RGB);
  cv::extractChannel(image, alpha, 3);
  colors = change(colors);
  const cv::Mat parts[2] = {colors, alpha};
  const int from_to[] = {0, 0, 1, 1, 2, 2, 3, 3};
  cv::mixChannels(parts, 2, &out, 1, from_to, 4);
  return out;
}

cv::Mat gaussian(const cv::Mat& image, double sigma) {
  cv::Mat out;
  // Small pictures: the kernel must fit twice into the reflected picture for OpenCV's border.
  const int reach = std::max(1, static_cast<int>(std::ceil(4 * sigma)));
  cv::GaussianBlur(image, out, {2 * reach + 1, 2 * reach + 1}, sigma, sigma, cv::BORDER_REFLECT_101);
  return out;
}

cv::Mat jpeg_round_trip(const cv::Mat& image, int quality) {
  if (image.depth() == CV_8U) return decode_jpeg(encode_jpeg(image, quality));
  cv::Mat bytes, out;
  image.convertTo(bytes, CV_8U, 255);
  decode_jpeg(encode_jpeg(bytes, quality)).convertTo(out, CV_32F, 1 / 255.0);
  return out;
}

float smooth(float edge0, float edge1, float x) {
  const float t = std::clamp((x - edge0) / (edge1 - edge0), 0.F, 1.F);
  return t * t * (3 - 2 * t);
}

/// In HLS: lightness rises to .96 and colour fades where it is light and where the picture darkens downwards.
cv::Mat settle(const cv::Mat& image, double amount) {
  cv::Mat f;
  image.convertTo(f, CV_32F, image.depth() == CV_8U ? 1 / 255.0 : 1);
  if (f.channels() == 1) cv::cvtColor(f, f, cv::COLOR_GRAY2RGB);
  cv::Mat hls, light, slope;
  cv::cvtColor(f, hls, cv::COLOR_RGB2HLS);
  cv::extractChannel(hls, light, 1);
  const int reach = std::max(1, std::min(f.rows, f.cols) / 64);
  cv::blur(light, slope, {2 * reach + 1, 2 * reach + 1});
  const auto threshold = static_cast<float>(0.75 - 0.45 * amount);
  for (int y = 0; y < hls.rows; ++y) {
    auto* row = hls.ptr<cv::Vec3f>(y);
    const float* above = slope.ptr<float>(std::max(0, y - reach));
    const float* below = slope.ptr<float>(std::min(hls.rows - 1, y + reach));
    for (int x = 0; x < hls.cols; ++x) {
      const float up = 0.35F + 0.65F * smooth(-0.02F, 0.08F, above[x] - below[x]);
      const float m = std::min(1.F, static_cast<float>(amount) * 2) *
                      smooth(threshold, threshold + 0.25F, row[x][1]) * up;
      row[x][1] += m * (0.96F - row[x][1]);
      row[x][2] *= 1 - 0.9F * m;
    }
  }
  cv::cvtColor(hls, f, cv::COLOR_HLS2RGB);
  if (image.channels() == 1) cv::cvtColor(f, f, cv::COLOR_RGB2GRAY);
  cv::Mat out;
  f.convertTo(out, image.type(), image.depth() == CV_8U ? 255 : 1);
  return out;
}

int border_type(Fill::Kind kind) {
  switch (kind) {
    case Fill::Kind::Reflect:
      return cv::BORDER_REFLECT_101;
    case Fill::Kind::Replicate:
      return cv::BORDER_REPLICATE;
    case Fill::Kind::Wrap:
      return cv::BORDER_WRAP;
    case Fill::Kind::Color:
      break;
  }
  return cv::BORDER_CONSTANT;
}

struct Apply {
  const cv::Mat& image;
  double full;  ///< the full range

  cv::Mat operator()(const op::Pad& o) const {
    cv::Mat out;
    const auto& c = o.fill.color;
    cv::copyMakeBorder(image, out, o.top, o.bottom, o.left, o.right,
                       border_type(o.fill.kind) | cv::BORDER_ISOLATED,
                       cv::Scalar(c[0], c[1], c[2], c[3]) * full);
    return out;
  }
  cv::Mat operator()(const op::Resize& o) const {
    constexpr std::array<int, 5> kInterpolation{cv::INTER_NEAREST, cv::INTER_LINEAR, cv::INTER_CUBIC,
                                                cv::INTER_AREA, cv::INTER_LANCZOS4};
    cv::Mat out;
    cv::resize(image, out, {o.size.width, o.size.height}, 0, 0,
               kInterpolation[static_cast<std::size_t>(o.filter)]);
    return out;
  }
  cv::Mat operator()(const op::GaussianBlur& o) const {
    return on_colors(image, [&](const cv::Mat& c) { return gaussian(c, o.sigma); });
  }
  cv::Mat operator()(const op::LineBlur& o) const {
    return on_colors(image, [&](const cv::Mat& c) {
      cv::Mat out;
      cv::filter2D(c, out, -1, line_kernel(o), {-1, -1}, 0, cv::BORDER_REFLECT_101);
      return out;
    });
  }
  cv::Mat operator()(const op::Jpeg& o) const {
    return on_colors(image, [&](const cv::Mat& c) { return jpeg_round_trip(c, o.quality); });
  }
  cv::Mat operator()(const op::SnowSettle& o) const {
    return on_colors(image, [&](const cv::Mat& c) { return settle(c, o.amount); });
  }
  cv::Mat operator()(const op::Cover& o) const {
    return on_colors(image, [&](const cv::Mat& c) {
      const cv::Mat soft = gaussian(c, std::max(1.0, std::min(c.rows, c.cols) / 10.0));
      cv::Mat out = c.clone();
      for (std::size_t h = 0; h + 3 < o.holes.size(); h += 4) {
        const cv::Rect hole = cv::Rect(static_cast<int>(o.holes[h]), static_cast<int>(o.holes[h + 1]),
                                       static_cast<int>(o.holes[h + 2]), static_cast<int>(o.holes[h + 3])) &
                              cv::Rect(0, 0, c.cols, c.rows);
        soft(hole).copyTo(out(hole));
      }
      return out;
    });
  }
  cv::Mat operator()(const auto&) const {
    throw Error("an op on single pixels reached the whole-picture stage");
  }
};

}  // namespace

cv::Mat line_kernel(const op::LineBlur& blur) {
  // Points along the segment, closer than a pixel, each spread over its four pixels: an anti-aliased line.
  const double cosine = exact::cos(blur.angle * kRadians), sine = -exact::sin(blur.angle * kRadians);
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
  cv::Mat kernel = cv::Mat::zeros(2 * reach + 1, 2 * reach + 1, CV_64F);
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
  cv::Mat f;
  kernel.convertTo(f, CV_32F);
  return f;
}

cv::Mat apply_whole(const Op& any, const cv::Mat& image) {
  return std::visit(Apply{image, image.depth() == CV_8U ? 255.0 : 1.0}, any);
}

}  // namespace doppel::augment
