#include "doppel/augment/transforms/geometry.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr double kRadians = 3.141592653589793238462643383279503 / 180;

void visit_sampling(FieldVisitor& visit, Fill& fill, Filter& filter) {
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated: nearest, bilinear or bicubic"}, filter,
               std::span(kFilterNames).first(3));
}

void warp(Draft& draft, const Matrix3& map, Size size, const Fill& fill, Filter filter) {
  if (map != Matrix3{} || size != draft.size()) draft.append(op::Warp{map, size, fill, filter});
}

}  // namespace

Extent largest_upright_rectangle(double width, double height, double degrees) {
  const double s = std::abs(exact::sin(degrees * kRadians)), c = std::abs(exact::cos(degrees * kRadians));
  const double longer = std::max(width, height), shorter = std::min(width, height);
  if (shorter <= 2 * s * c * longer || std::abs(s - c) < 1e-10) {
    const double half = shorter / 2;
    return width >= height ? Extent{half / s, half / c} : Extent{half / c, half / s};
  }
  const double cos2 = c * c - s * s;
  return {(width * c - height * s) / cos2, (height * c - width * s) / cos2};
}

void Rotate::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double degrees = stream.uniform("angle", angle.low, angle.high);
  Size out = now;
  if (expand) {
    const double s = std::abs(exact::sin(degrees * kRadians)), c = std::abs(exact::cos(degrees * kRadians));
    out = {static_cast<int>(std::ceil(now.width * s + now.height * c - 1e-9)),
           static_cast<int>(std::ceil(now.width * c + now.height * s - 1e-9))};
  } else if (valid_only) {
    const Extent inner = largest_upright_rectangle(now.width, now.height, degrees);
    out = {std::max(1, static_cast<int>(inner.height + 1e-9)),
           std::max(1, static_cast<int>(inner.width + 1e-9))};
  }
  const Matrix3 map = translation(out.width / 2.0, out.height / 2.0) * rotation(degrees) *
                      translation(-now.width / 2.0, -now.height / 2.0);
  warp(draft, map, out, fill, filter);
}
void Rotate::fields(FieldVisitor& visit) {
  visit({"angle", {-360, 360}, "degrees", "counter-clockwise"}, angle);
  visit({"expand", {}, "", "grow the picture to hold all of it"}, expand);
  visit({"valid_only", {}, "", "cut to the largest rectangle without border"}, valid_only);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
  if (expand && valid_only) throw UsageError("Rotate: expand and valid_only exclude each other");
}

void Affine::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double s = stream.uniform("scale", scale.low, scale.high);
  const double half_stretch = std::sqrt(stream.uniform("stretch", stretch.low, stretch.high));
  const double dx = stream.uniform("translate_x", translate.low, translate.high) * now.width;
  const double dy = stream.uniform("translate_y", translate.low, translate.high) * now.height;
  const auto slope = [&](const char* purpose, const Range& range) {
    const double radians = stream.uniform(purpose, range.low, range.high) * kRadians;
    return exact::sin(radians) / exact::cos(radians);
  };
  const Matrix3 shear{{1, slope("shear_x", shear_x), 0, slope("shear_y", shear_y), 1, 0, 0, 0, 1}};
  const Matrix3 map = translation(now.width / 2.0 + dx, now.height / 2.0 + dy) *
                      rotation(stream.uniform("angle", angle.low, angle.high)) * shear *
                      scaling(s * half_stretch, s / half_stretch) *
                      translation(-now.width / 2.0, -now.height / 2.0);
  warp(draft, map, now, fill, filter);
}
void Affine::fields(FieldVisitor& visit) {
  visit({"scale", {0.01, 100}, "", "factor"}, scale);
  visit({"stretch", {0.01, 100}, "", "x over y; area stays"}, stretch);
  visit({"translate", {-10, 10}, "of the side", "each axis by its own draw"}, translate);
  visit({"angle", {-360, 360}, "degrees", "counter-clockwise"}, angle);
  visit({"shear_x", {-80, 80}, "degrees", ""}, shear_x);
  visit({"shear_y", {-80, 80}, "degrees", ""}, shear_y);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
  const double steepest = exact::sin(std::max(std::abs(shear_x.low), std::abs(shear_x.high)) * kRadians) *
                          exact::sin(std::max(std::abs(shear_y.low), std::abs(shear_y.high)) * kRadians);
  const double flat = exact::cos(std::max(std::abs(shear_x.low), std::abs(shear_x.high)) * kRadians) *
                      exact::cos(std::max(std::abs(shear_y.low), std::abs(shear_y.high)) * kRadians);
  if (steepest >= 0.95 * flat)
    throw UsageError("Affine: shear_x and shear_y together squeeze the picture to a line");
}

void Squeeze::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const Matrix3 map = translation(now.width / 2.0, now.height / 2.0) *
                      scaling(stream.uniform("x", x.low, x.high), stream.uniform("y", y.low, y.high)) *
                      translation(-now.width / 2.0, -now.height / 2.0);
  warp(draft, map, now, fill, filter);
}
void Squeeze::fields(FieldVisitor& visit) {
  visit({"x", {0.01, 100}, "", "factor of the width"}, x);
  visit({"y", {0.01, 100}, "", "factor of the height"}, y);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
}

void Perspective::draw(Draft& draft, const Stream& stream) const {
  const double w = draft.size().width, h = draft.size().height;
  const double most = 2 * stream.uniform("distortion", distortion.low, distortion.high);
  const std::array<Point, 4> corners{{{0, 0}, {w, 0}, {w, h}, {0, h}}};
  std::array<Point, 4> moved = corners;
  for (std::size_t i = 0; i < 4; ++i) {
    const Stream corner = stream.split("corner", i);
    moved[i].x += (corners[i].x > 0 ? -1 : 1) * w * corner.uniform("x", 0, most);
    moved[i].y += (corners[i].y > 0 ? -1 : 1) * h * corner.uniform("y", 0, most);
  }
  if (most == 0) return;
  const auto side = [](Point a, Point b) {
    return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
  };
  Size out = draft.size();
  if (!keep_size)
    out = {std::max(1, static_cast<int>((side(moved[0], moved[3]) + side(moved[1], moved[2])) / 2 + 0.5)),
           std::max(1, static_cast<int>((side(moved[0], moved[1]) + side(moved[3], moved[2])) / 2 + 0.5))};
  const double ow = out.width, oh = out.height;
  const std::array<Point, 4> frame{{{0, 0}, {ow, 0}, {ow, oh}, {0, oh}}};
  const Matrix3 map = border == Border::None ? quad_to_quad(moved, frame)
                                             : scaling(ow / w, oh / h) * quad_to_quad(corners, moved);
  warp(draft, map, out, fill, filter);
}
void Perspective::fields(FieldVisitor& visit) {
  static constexpr std::array<std::string_view, 2> kBorderNames{"none", "fill"};
  visit({"distortion", {0, 0.24}, "of the side", "mean share by which corners move"}, distortion);
  visit.choice({"border", {}, "", "none: cut to what is seen; fill: show all and fill around"}, border,
               kBorderNames);
  visit({"keep_size", {}, "", "the result is as large as the picture"}, keep_size);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
