#include "doppel/augment/transforms/geometry/rotate.h"

#include <algorithm>
#include <cmath>

#include "base/exact_math.h"
#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/sampling.h"
#include "transforms/upright_rectangle.h"

namespace doppel::augment {

void Rotate::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double degrees = stream.uniform("angle", angle.low, angle.high);
  Size out = now;
  if (expand) {
    const double s = std::abs(exact::sin(degrees * exact::kRadians)),
                 c = std::abs(exact::cos(degrees * exact::kRadians));
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
  visit({"expand", {}, "", "grow the image to hold all of it"}, expand);
  visit({"valid_only", {}, "", "cut to the largest rectangle without border"}, valid_only);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
  if (expand && valid_only) throw UsageError("Rotate: expand and valid_only exclude each other");
}

}  // namespace doppel::augment
