#include "doppel/augment/transforms/color/color_shift.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void ColorShift::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      op::ColorMatrix{{1, 0, 0, stream.uniform("r", r.low, r.high), 0, 1, 0,
                       stream.uniform("g", g.low, g.high), 0, 0, 1, stream.uniform("b", b.low, b.high)}});
}
void ColorShift::fields(FieldVisitor& visit) {
  visit({"r", {-1, 1}, "of the full range", "added to red (and to grey)"}, r);
  visit({"g", {-1, 1}, "of the full range", "added to green"}, g);
  visit({"b", {-1, 1}, "of the full range", "added to blue"}, b);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
