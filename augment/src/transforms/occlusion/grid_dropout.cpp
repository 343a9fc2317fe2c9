#include "doppel/augment/transforms/occlusion/grid_dropout.h"

#include <algorithm>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void GridDropout::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width),
               cell = std::max(2.0, stream.uniform("unit", unit.low, unit.high) * s);
  draft.append(op::CoverGrid{cell, stream.uniform("ratio", ratio.low, ratio.high),
                             stream.uniform("angle", angle.low, angle.high), stream.uniform("x") * cell,
                             stream.uniform("y") * cell, color_of(color)});
}
void GridDropout::fields(FieldVisitor& visit) {
  visit({"unit", {0.001, 2}, "of the short side", "cell"}, unit);
  visit({"ratio", {0, 1}, "", "side of the hole over the cell"}, ratio);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"color", {0, 1}, "of the full range", "one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("GridDropout: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
