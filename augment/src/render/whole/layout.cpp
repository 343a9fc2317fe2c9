// Ops that change where pixels are, but aren't one map of the plane.
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/image_pool.h"
#include "interpolation.h"
#include "render/whole_op.h"
#include "tiles.h"

namespace doppel::augment {
namespace {

int border_type(Fill::Kind kind) {
  switch (kind) {
    case Fill::Kind::Reflect:
      return cv::BORDER_REFLECT_101;
    case Fill::Kind::Replicate:
      return cv::BORDER_REPLICATE;
    case Fill::Kind::Wrap:
      return cv::BORDER_WRAP;
    case Fill::Kind::Symmetric:
      return cv::BORDER_REFLECT;
    case Fill::Kind::Color:
      break;
  }
  return cv::BORDER_CONSTANT;
}

struct ApplyLayout {
  const cv::Mat& image;

  cv::Mat operator()(const op::Pad& o) const {
    cv::Mat out = pooled_image(image.rows + o.top + o.bottom, image.cols + o.left + o.right, image.type());
    pad_into(o, image, out);
    return out;
  }
  cv::Mat operator()(const op::Resize& o) const {
    cv::Mat out = pooled_image(o.size.height, o.size.width, image.type());
    cv::resize(image, out, {o.size.width, o.size.height}, 0, 0, interpolation_of(o.filter));
    return out;
  }
  cv::Mat operator()(const op::Tiles& o) const {
    if (o.order.empty()) return pooled_copy(image);
    const auto tiles = tiles_of(o, {image.rows, image.cols});
    cv::Mat out = pooled_like(image, image.type());
    for (std::size_t k = 0; k < tiles.size(); ++k) {
      const cv::Rect from = tiles[tile_at(o, tiles, k)];
      if (!from.empty()) image(from).copyTo(out(tiles[k]));
    }
    return out;
  }
  template <class O>
    requires(!LayoutOp<O>)
  cv::Mat operator()(const O&) const {
    return {};
  }
};

}  // namespace

void pad_into(const op::Pad& o, const cv::Mat& image, cv::Mat& out) {
  const auto& c = o.fill.color;
  const double full = image.depth() == CV_8U ? 255 : image.depth() == CV_16U ? 65535 : 1;
  cv::copyMakeBorder(image, out, o.top, o.bottom, o.left, o.right,
                     border_type(o.fill.kind) | cv::BORDER_ISOLATED,
                     cv::Scalar(c[0], c[1], c[2], c[3]) * full);
}

PooledVector<cv::Rect> tiles_of(const op::Tiles& o, Size size) {
  PooledVector<cv::Rect> tiles;
  for (int r = 0; r < o.rows; ++r)
    for (int c = 0; c < o.cols; ++c) {
      const int x0 = c * size.width / o.cols, x1 = (c + 1) * size.width / o.cols;
      const int y0 = r * size.height / o.rows, y1 = (r + 1) * size.height / o.rows;
      tiles.emplace_back(x0, y0, x1 - x0, y1 - y0);
    }
  return tiles;
}

std::size_t tile_at(const op::Tiles& o, std::span<const cv::Rect> tiles, std::size_t place) {
  const auto wanted = static_cast<std::size_t>(o.order[place]);
  return wanted < tiles.size() && tiles[wanted].size() == tiles[place].size() ? wanted : place;
}

cv::Mat apply_layout(const Op& op, const cv::Mat& image) { return std::visit(ApplyLayout{image}, op); }

}  // namespace doppel::augment
