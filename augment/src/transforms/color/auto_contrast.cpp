#include "doppel/augment/transforms/color/auto_contrast.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void AutoContrast::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::AutoContrast{stream.uniform("cutoff", cutoff.low, cutoff.high)});
}
void AutoContrast::fields(FieldVisitor& visit) {
  visit({"cutoff", {0, 0.49}, "", "share cut at each end"}, cutoff);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
