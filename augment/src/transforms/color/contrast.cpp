#include "doppel/augment/transforms/color/contrast.h"

#include "transforms/chance_field.h"
#include "transforms/factor.h"

namespace doppel::augment {

void Contrast::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Contrast{draw_factor(stream, "factor", factor)});
}
void Contrast::fields(FieldVisitor& visit) {
  visit({"factor", kFactor, "", "1 changes nothing"}, factor);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
