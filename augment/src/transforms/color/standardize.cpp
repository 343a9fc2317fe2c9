#include "doppel/augment/transforms/color/standardize.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Standardize::draw(Draft& draft, const Stream&) const { draft.append(op::Normalize{.per_image = true}); }
void Standardize::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
