#include "doppel/augment/transforms/geometry/squeeze.h"

#include "transforms/chance_field.h"
#include "transforms/sampling.h"

namespace doppel::augment {

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

}  // namespace doppel::augment
