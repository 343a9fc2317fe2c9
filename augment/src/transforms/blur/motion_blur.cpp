#include "doppel/augment/transforms/blur/motion_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void MotionBlur::draw(Draft& draft, const Stream& stream) const {
  const double n = stream.uniform("length", length.low, length.high);
  if (n > 1)
    draft.append(op::LineBlur{n, stream.uniform("angle", angle.low, angle.high),
                              stream.uniform("direction", direction.low, direction.high)});
}
void MotionBlur::fields(FieldVisitor& visit) {
  visit({"length", {0, 4096}, "pixels", ""}, length);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"direction", {-1, 1}, "", "0 is even, 1 leans forwards"}, direction);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
