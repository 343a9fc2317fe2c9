#include "doppel/augment/transforms/color/equalize.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Equalize::draw(Draft& draft, const Stream&) const { draft.append(op::Equalize{}); }
void Equalize::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
