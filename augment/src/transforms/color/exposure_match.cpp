#include "doppel/augment/transforms/color/exposure_match.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void ExposureMatch::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Exposure{stream.uniform("mean", mean.low, mean.high)});
}
void ExposureMatch::fields(FieldVisitor& visit) {
  visit({"mean", {0, 1}, "of the full range", "luma wanted"}, mean);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
