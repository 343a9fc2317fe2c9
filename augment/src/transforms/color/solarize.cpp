#include "doppel/augment/transforms/color/solarize.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Solarize::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Solarize{.threshold = stream.uniform("threshold", threshold.low, threshold.high)});
}
void Solarize::fields(FieldVisitor& visit) {
  visit({"threshold", {0, 1.01}, "of the full range", ""}, threshold);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
