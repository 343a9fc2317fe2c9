#include "doppel/augment/transforms/color/brightness.h"

#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"
#include "transforms/factor.h"

namespace doppel::augment {

void Brightness::draw(Draft& draft, const Stream& stream) const {
  draft.append(brightness_matrix(draw_factor(stream, "factor", factor)));
}
void Brightness::fields(FieldVisitor& visit) {
  visit({"factor", kFactor, "", "1 changes nothing"}, factor);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
