#include "doppel/augment/transforms/geometry/swirl.h"

#include "transforms/chance_field.h"
#include "transforms/control_points.h"

namespace doppel::augment {

void Swirl::draw(Draft& draft, const Stream& stream) const {
  const double s = short_side(draft);
  const double angle = stream.uniform("strength", strength.low, strength.high);
  if (angle != 0)
    draft.append(op::Swirl{stream.uniform("x", centre.low, centre.high) * draft.size().width,
                           stream.uniform("y", centre.low, centre.high) * draft.size().height, angle,
                           stream.uniform("radius", radius.low, radius.high) * s, fill, filter});
}
void Swirl::fields(FieldVisitor& visit) {
  visit({"strength", {-3600, 3600}, "degrees", "turn at the centre"}, strength);
  visit({"radius", {0.001, 10}, "of the short side", "where it ends"}, radius);
  visit({"centre", {-1, 2}, "of the sides", "x and y each"}, centre);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
