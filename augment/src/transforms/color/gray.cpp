#include "doppel/augment/transforms/color/gray.h"

#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"

namespace doppel::augment {

void Gray::draw(Draft& draft, const Stream&) const {
  if (draft.channels() >= 3) draft.append(saturation_matrix(0));
}
void Gray::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
