#include "doppel/augment/transforms/blur.h"

#include <algorithm>

#include "chance_field.h"

namespace doppel::augment {
namespace {

double to_pixels(const Draft& draft, double length) {
  return length * std::min(draft.size().height, draft.size().width) / kReferenceSide;
}

}  // namespace

void GaussianBlur::draw(Draft& draft, const Stream& stream) const {
  const double pixels = to_pixels(draft, stream.uniform("sigma", sigma.low, sigma.high));
  if (pixels > 0) draft.append(op::GaussianBlur{pixels});
}
void GaussianBlur::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 100}, "pixels at a short side of 256", "standard deviation"}, sigma);
  visit_chance(visit, p);
}

void MotionBlur::draw(Draft& draft, const Stream& stream) const {
  const double pixels = to_pixels(draft, stream.uniform("length", length.low, length.high));
  if (pixels > 0)
    draft.append(op::LineBlur{pixels, stream.uniform("angle", angle.low, angle.high),
                              stream.uniform("direction", direction.low, direction.high)});
}
void MotionBlur::fields(FieldVisitor& visit) {
  visit({"length", {0, 256}, "pixels at a short side of 256", "of the line"}, length);
  visit({"angle", {-360, 360}, "degrees", "of the line, counter-clockwise from the x axis"}, angle);
  visit({"direction", {-1, 1}, "", "0 is even; -1 and 1 lean to one end"}, direction);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
