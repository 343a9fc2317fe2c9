#include "drawn_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "brush_code.h"
#include "coco_polygon.h"
#include "doppel/base/error.h"
#include "doppel/codec/png.h"

namespace doppel::dataset {
namespace {

using ShapeKind = DrawnShape::Kind;

constexpr double kDegree = std::numbers::pi / 180;

bool is_quarter_turn(double angle) {
  constexpr double kExact = 1e-3;  // degrees
  return std::abs(std::remainder(angle, 90)) < kExact;
}

/// Clockwise as one sees it: rows go down.
cv::Point2d turned_by(cv::Point2d p, double angle) {
  const double c = std::cos(angle * kDegree), s = std::sin(angle * kDegree);
  return {p.x * c - p.y * s, p.x * s + p.y * c};
}

augment::Box box_around(std::span<const double> points) {
  augment::Box box{points[0], points[1], points[0], points[1]};
  for (std::size_t k = 2; k + 1 < points.size(); k += 2) {
    box.x0 = std::min(box.x0, points[k]), box.x1 = std::max(box.x1, points[k]);
    box.y0 = std::min(box.y0, points[k + 1]), box.y1 = std::max(box.y1, points[k + 1]);
  }
  return box;
}

/// Corners so close that no trace of their edges is a pixel's fifth off.
std::vector<double> ellipse_corners(const DrawnShape& shape, const std::vector<double>& n) {
  const double radius = std::max({std::abs(n[2]), std::abs(n[3]), 1.0});
  const int count = static_cast<int>(std::clamp(std::ceil(5 * std::sqrt(radius)) * 4, 16.0, 4096.0));
  std::vector<double> corners;
  for (int k = 0; k < count; ++k) {
    const double at = 2 * std::numbers::pi * k / count;
    const cv::Point2d p = turned_by({n[2] * std::cos(at), n[3] * std::sin(at)}, shape.angle);
    corners.push_back(n[0] + p.x);
    corners.push_back(n[1] + p.y);
  }
  return corners;
}

/// What isn't 0 within the bitmap's rectangle is the object.
cv::Mat unpacked_bitmap(const DrawnShape& shape, cv::Size rectangle, Size image) {
  if (shape.packing == DrawnShape::Packing::Png) {
    const long pixels = static_cast<long>(image.height) * image.width;
    return decode_mask(shape.bytes, std::max(pixels, 1L)) != 0;
  }
  if (shape.packing == DrawnShape::Packing::Rgba) return brush_alpha(shape.bytes, image);
  cv::Mat bitmap(rectangle, CV_8U, cv::Scalar(0));
  std::uint64_t at = 0;
  const std::uint64_t all = bitmap.total();
  for (std::size_t k = 0; k < shape.runs.size(); ++k) {
    const std::uint64_t end = at + shape.runs[k];
    if (end > all) break;
    if (k % 2 == 1) std::fill(bitmap.data + at, bitmap.data + end, static_cast<unsigned char>(255));
    at = end;
  }
  if (at != all)
    throw Error(fmt::format("runs that don't fill their {} x {} pixels", rectangle.width, rectangle.height));
  return bitmap;
}

/// Puts one shape after another into a sample.
class ShapePainter {
 public:
  ShapePainter(Size size, augment::Sample& sample) : size_(size), sample_(sample) {}
  void add(const DrawnShape& shape, std::vector<double> numbers);
  void finish() const {
    if (mask_.empty()) return;
    sample_.masks = {mask_};
    sample_.instance_mask = 0;
  }

 private:
  int instance_of(const DrawnShape& shape) {
    if (shape.object == 0) return ++instances_;
    const auto [at, is_new] = objects_.emplace(shape.object, instances_ + 1);
    if (is_new) ++instances_;
    return at->second;
  }
  cv::Mat& mask() {
    if (mask_.empty()) mask_ = cv::Mat(size_.height, size_.width, CV_32S, cv::Scalar(0));
    return mask_;
  }
  void add_box(augment::Box box, int label, int instance);
  void add_turned(augment::RotatedBox box, int label, int instance);
  void keep_outline(std::span<const double> corners, bool closed, int label, int instance);
  void add_outline(std::span<const double> corners, int label, int instance);
  void add_bitmap(const DrawnShape& shape, const std::vector<double>& numbers, int instance);

  Size size_;
  augment::Sample& sample_;
  cv::Mat mask_;
  std::map<int, int> objects_;  ///< to instances
  int instances_ = 0;
};

/// Of an object of several shapes the box around all.
void ShapePainter::add_box(augment::Box box, int label, int instance) {
  box.label = label;
  box.instance = instance;
  const auto known = std::ranges::find(sample_.boxes, instance, &augment::Box::instance);
  if (known == sample_.boxes.end()) return sample_.boxes.push_back(box);
  known->x0 = std::min(known->x0, box.x0), known->x1 = std::max(known->x1, box.x1);
  known->y0 = std::min(known->y0, box.y0), known->y1 = std::max(known->y1, box.y1);
}

void ShapePainter::add_turned(augment::RotatedBox box, int label, int instance) {
  if (is_quarter_turn(box.angle)) {
    if (static_cast<int>(std::lround(box.angle / 90)) % 2 != 0) std::swap(box.width, box.height);
    return add_box(
        {box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2}, label,
        instance);
  }
  box.angle = std::remainder(box.angle, 360);
  box.label = label;
  box.instance = instance;
  sample_.rotated_boxes.push_back(box);
}

void ShapePainter::keep_outline(std::span<const double> corners, bool closed, int label, int instance) {
  if (corners.size() < (closed ? 6 : 4)) return;
  augment::Outline outline{.points = {}, .closed = closed, .label = label, .instance = instance};
  for (std::size_t k = 0; k + 1 < corners.size(); k += 2)
    outline.points.push_back({corners[k], corners[k + 1]});
  sample_.outlines.push_back(std::move(outline));
}

void ShapePainter::add_outline(std::span<const double> corners, int label, int instance) {
  std::vector<std::int32_t> fifths;
  for (const double coordinate : corners) fifths.push_back(polygon_corner(coordinate));
  paint_polygon(fifths, instance, mask());
  keep_outline(corners, true, label, instance);
  add_box(box_around(corners), label, instance);
}

void ShapePainter::add_bitmap(const DrawnShape& shape, const std::vector<double>& n, int instance) {
  const auto whole = [](double number) { return static_cast<int>(std::clamp(number, -1e8, 1e8)); };
  const cv::Rect place(whole(std::floor(n[0] + 0.5)), whole(std::floor(n[1] + 0.5)), whole(n[2]),
                       whole(n[3]));
  const cv::Rect image(0, 0, size_.width, size_.height);
  const cv::Mat bitmap = unpacked_bitmap(shape, place.size(), size_);
  const cv::Rect seen = cv::Rect(place.tl(), bitmap.size()) & image;
  augment::Box box{n[0], n[1], n[0] + n[2], n[1] + n[3]};
  if (!seen.empty()) {
    const cv::Mat part = bitmap(seen - place.tl());
    mask()(seen).setTo(instance, part);
    if (const cv::Rect drawn = cv::boundingRect(part); !drawn.empty()) {
      const cv::Rect2d exact = drawn + seen.tl();
      box = {exact.x, exact.y, exact.x + exact.width, exact.y + exact.height};
    }
  }
  add_box(box, shape.label, instance);
}

void ShapePainter::add(const DrawnShape& shape, std::vector<double> n) {
  if (shape.kind == ShapeKind::Point) {
    augment::Keypoint point{.x = n[0], .y = n[1], .label = shape.label, .visibility = shape.visibility};
    if (shape.object != 0) point.instance = instance_of(shape);
    return sample_.keypoints.push_back(point);
  }
  const int instance = instance_of(shape);
  switch (shape.kind) {
    case ShapeKind::Box: {
      const double width = n[2] - n[0], height = n[3] - n[1];
      if (shape.angle == 0) return add_box({n[0], n[1], n[2], n[3]}, shape.label, instance);
      const cv::Point2d half(width / 2, height / 2);
      const cv::Point2d centre =
          cv::Point2d(n[0], n[1]) + (shape.about_corner ? turned_by(half, shape.angle) : half);
      return add_turned({centre.x, centre.y, width, height, -shape.angle}, shape.label, instance);
    }
    case ShapeKind::Corners:
      return add_turned(rectangle_around(n).box, shape.label, instance);
    case ShapeKind::Polygon:
      return add_outline(n, shape.label, instance);
    case ShapeKind::Ellipse:
      return add_outline(ellipse_corners(shape, n), shape.label, instance);
    case ShapeKind::Line:
      keep_outline(n, false, shape.label, instance);
      return add_box(box_around(n), shape.label, instance);
    case ShapeKind::Bitmap:
      return add_bitmap(shape, n, instance);
    case ShapeKind::Point:
      break;
  }
}

}  // namespace

FourCorners rectangle_around(std::span<const double> c) {
  const double x = (c[0] + c[2] + c[4] + c[6]) / 4, y = (c[1] + c[3] + c[5] + c[7]) / 4;
  const double ax = c[2] - c[0], ay = c[3] - c[1], bx = c[4] - c[2], by = c[5] - c[3];
  const double width = std::hypot(ax, ay), height = std::hypot(bx, by);
  const double slack = 1 + 0.02 * std::max(width, height);  // pixels
  const bool closes =
      std::abs(c[0] + c[4] - c[2] - c[6]) <= slack && std::abs(c[1] + c[5] - c[3] - c[7]) <= slack;
  // Rows go down: what goes down to the right turns clockwise.
  if (closes && width > 0 && height > 0 && std::abs(ax * bx + ay * by) <= slack * std::max(width, height))
    return {{x, y, width, height, -std::atan2(ay, ax) / kDegree}, true};
  std::vector<cv::Point2f> points;
  for (std::size_t k = 0; k < 8; k += 2)
    points.emplace_back(static_cast<float>(c[k] - x), static_cast<float>(c[k + 1] - y));
  const cv::RotatedRect around = cv::minAreaRect(points);
  return {{x + around.center.x, y + around.center.y, around.size.width, around.size.height, -around.angle},
          false};
}

void draw_onto(const DrawnImage& image, Size size, augment::Sample& sample) {
  ShapePainter painter(size, sample);
  for (const DrawnShape& shape : image.shapes) {
    std::vector<double> numbers = shape.numbers;
    if (image.in_shares)
      for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] *= k % 2 == 0 ? size.width : size.height;
    painter.add(shape, std::move(numbers));
  }
  painter.finish();
}

}  // namespace doppel::dataset
