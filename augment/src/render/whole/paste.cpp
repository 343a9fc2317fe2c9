// Foreign images and text over the image.
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/image_pool.h"
#include "codec/image_file.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

/// image = image + share · coverage · (top - image), coverage in [0, 1] per pixel, within `where` of the
/// image.
void lay_over(cv::Mat& image, const cv::Mat& top, const cv::Mat& coverage, cv::Point at, double opacity) {
  const cv::Rect where = cv::Rect(at, top.size()) & cv::Rect(0, 0, image.cols, image.rows);
  const int n = image.channels();
  for (int y = where.y; y < where.y + where.height; ++y)
    for (int x = where.x; x < where.x + where.width; ++x) {
      const float share = coverage.at<float>(y - at.y, x - at.x) * static_cast<float>(opacity);
      for (int c = 0; c < n; ++c) {
        const float color = top.ptr<float>(y - at.y)[(x - at.x) * n + c];
        if (image.depth() == CV_8U) {
          unsigned char& v = image.ptr(y)[x * n + c];
          v = cv::saturate_cast<unsigned char>(static_cast<float>(v) +
                                               share * (255 * color - static_cast<float>(v)));
        } else {
          float& v = image.ptr<float>(y)[x * n + c];
          v += share * (color - v);
        }
      }
    }
}

cv::Mat overlaid(const cv::Mat& image, const op::Overlay& o) {
  cv::Mat out = pooled_copy(image), pasted = image_from(o.file, 0), coverage, colors;
  cv::resize(pasted, pasted, {o.size.width, o.size.height}, 0, 0, cv::INTER_AREA);
  pasted.convertTo(pasted, CV_32F, 1 / 255.0);
  if (pasted.channels() == 4) {
    cv::extractChannel(pasted, coverage, 3);
    cv::cvtColor(pasted, colors, cv::COLOR_RGBA2RGB);
  } else {
    coverage = cv::Mat(pasted.size(), CV_32F, cv::Scalar(1));
    colors = pasted;
  }
  if (colors.channels() != image.channels())
    cv::cvtColor(colors, colors, image.channels() == 1 ? cv::COLOR_RGB2GRAY : cv::COLOR_GRAY2RGB);
  lay_over(out, colors, coverage, {o.x, o.y}, o.opacity);
  return out;
}

cv::Mat written(const cv::Mat& image, const op::Text& o) {
  // Drawn four times as large and shrunk: anti-aliased whatever the height. Hershey's capitals are 22 units
  // tall.
  constexpr int kZoom = 4;
  const double scale = o.height * kZoom / 22;
  const int thick = std::max(1, static_cast<int>(std::lround(scale * 1.6)));
  int baseline = 0;
  const cv::Size size = cv::getTextSize(o.words, cv::FONT_HERSHEY_SIMPLEX, scale, thick, &baseline);
  if (size.width <= 0 || size.width > 1 << 15 || size.height > 1 << 15) return pooled_copy(image);
  const int margin = thick + kZoom;
  cv::Mat ink = cv::Mat::zeros(size.height + baseline + 2 * margin, size.width + 2 * margin, CV_8U), coverage;
  cv::putText(ink, o.words, {margin, margin + size.height}, cv::FONT_HERSHEY_SIMPLEX, scale, 255, thick,
              cv::LINE_8);
  cv::resize(ink, coverage, {std::max(1, ink.cols / kZoom), std::max(1, ink.rows / kZoom)}, 0, 0,
             cv::INTER_AREA);
  coverage.convertTo(coverage, CV_32F, 1 / 255.0);
  const cv::Scalar color = image.channels() == 1
                               ? cv::Scalar(0.299 * o.color[0] + 0.587 * o.color[1] + 0.114 * o.color[2])
                               : cv::Scalar(o.color[0], o.color[1], o.color[2]);
  const cv::Mat colors(coverage.size(), CV_MAKETYPE(CV_32F, image.channels()), color);
  cv::Mat out = pooled_copy(image);
  const cv::Point at(static_cast<int>(std::lround(o.x)) - margin / kZoom,
                     static_cast<int>(std::lround(o.y)) - (margin + size.height) / kZoom);
  lay_over(out, colors, coverage, at, o.opacity);
  return out;
}

struct Paste {
  const cv::Mat& image;
  cv::Mat operator()(const op::Overlay& o) const { return overlaid(image, o); }
  cv::Mat operator()(const op::Text& o) const { return written(image, o); }
  template <class O>
    requires(!PasteOp<O>)
  cv::Mat operator()(const O&) const {
    return {};
  }
};

}  // namespace

cv::Mat apply_paste(const Op& op, const cv::Mat& colors) { return std::visit(Paste{colors}, op); }

}  // namespace doppel::augment
