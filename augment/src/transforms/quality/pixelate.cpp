#include "doppel/augment/transforms/quality/pixelate.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Pixelate::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  const double side = stream.uniform("block", block.low, block.high) * s;
  if (side > 1) draft.append(op::Downscale{std::max(0.001, 1 / side), Filter::Area, Filter::Nearest});
}
void Pixelate::fields(FieldVisitor& visit) {
  visit({"block", {0.0001, 1}, "of the short side", "side of a square"}, block);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
