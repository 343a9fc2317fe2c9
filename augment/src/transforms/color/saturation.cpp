#include "doppel/augment/transforms/color/saturation.h"

#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"
#include "transforms/factor.h"

namespace doppel::augment {

void Saturation::draw(Draft& draft, const Stream& stream) const {
  if (draft.channels() >= 3) draft.append(saturation_matrix(draw_factor(stream, "factor", factor)));
}
void Saturation::fields(FieldVisitor& visit) {
  visit({"factor", kFactor, "", "0 is grey, 1 changes nothing"}, factor);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
