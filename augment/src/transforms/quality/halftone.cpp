#include "doppel/augment/transforms/quality/halftone.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Halftone::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  draft.append(op::Halftone{std::max(2.0, stream.uniform("cell", cell.low, cell.high) * s),
                            stream.uniform("angle", angle.low, angle.high),
                            stream.uniform("share", share.low, share.high)});
}
void Halftone::fields(FieldVisitor& visit) {
  visit({"cell", {0.001, 1}, "of the short side", "side of a dot"}, cell);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"share", {0, 1}, "", "of the result"}, share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
