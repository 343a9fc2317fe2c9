#include "doppel/augment/transforms/blur/zoom_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void ZoomBlur::draw(Draft& draft, const Stream& stream) const {
  const double f = stream.uniform("factor", factor.low, factor.high);
  if (f > 1)
    draft.append(op::ZoomBlur{f, stream.uniform("x", centre.low, centre.high),
                              stream.uniform("y", centre.low, centre.high)});
}
void ZoomBlur::fields(FieldVisitor& visit) {
  visit({"factor", {1, 4}, "", "largest zoom"}, factor);
  visit({"centre", {-1, 2}, "of the sides", "x and y each"}, centre);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
