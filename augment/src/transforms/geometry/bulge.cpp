#include "doppel/augment/transforms/geometry/bulge.h"

#include "transforms/chance_field.h"
#include "transforms/control_points.h"

namespace doppel::augment {

void Bulge::draw(Draft& draft, const Stream& stream) const {
  const double strong = stream.uniform("strength", strength.low, strength.high);
  if (strong != 0)
    draft.append(op::Bulge{stream.uniform("x", centre.low, centre.high) * draft.size().width,
                           stream.uniform("y", centre.low, centre.high) * draft.size().height,
                           stream.uniform("radius", radius.low, radius.high) * short_side(draft), strong,
                           fill, filter});
}
void Bulge::fields(FieldVisitor& visit) {
  visit({"strength", {-0.9, 0.9}, "", "positive bulges, negative pinches"}, strength);
  visit({"radius", {0.001, 10}, "of the short side", "where it ends"}, radius);
  visit({"centre", {-1, 2}, "of the sides", "x and y each"}, centre);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
