#include "doppel/augment/transforms/geometry/affine.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/exact_math.h"
#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/sampling.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kShears{"slide", "turn"};

/// How far a line slides for each step away from the centre, and how far the lines are apart.
struct Sheared {
  double along, apart;
};
Sheared sheared(double degrees, Affine::ShearBy by) {
  const double cosine = exact::cos(degrees * exact::kRadians);
  return {exact::sin(degrees * exact::kRadians) / cosine, by == Affine::ShearBy::Turn ? 1 / cosine : 1};
}

}  // namespace

void Affine::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double s = stream.uniform("scale", scale.low, scale.high);
  const double half_stretch = std::sqrt(stream.uniform("stretch", stretch.low, stretch.high));
  const double dx = stream.uniform("translate_x", translate.low, translate.high) * now.width;
  const double dy = stream.uniform("translate_y", translate.low, translate.high) * now.height;
  const auto [along_x, apart_y] = sheared(stream.uniform("shear_x", shear_x.low, shear_x.high), shear_by);
  const auto [along_y, apart_x] = sheared(stream.uniform("shear_y", shear_y.low, shear_y.high), shear_by);
  const Matrix3 shear{{apart_x, along_x, 0, along_y, apart_y, 0, 0, 0, 1}};
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
  visit.choice({"shear_by", {}, "", "slide: rows keep their distance; turn: an axis turns, as in Keras"},
               shear_by, kShears);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
  const double steepest =
      exact::sin(std::max(std::abs(shear_x.low), std::abs(shear_x.high)) * exact::kRadians) *
      exact::sin(std::max(std::abs(shear_y.low), std::abs(shear_y.high)) * exact::kRadians);
  const double flat = exact::cos(std::max(std::abs(shear_x.low), std::abs(shear_x.high)) * exact::kRadians) *
                      exact::cos(std::max(std::abs(shear_y.low), std::abs(shear_y.high)) * exact::kRadians);
  if (steepest >= 0.95 * flat)
    throw UsageError("Affine: shear_x and shear_y together squeeze the image to a line");
}

}  // namespace doppel::augment
