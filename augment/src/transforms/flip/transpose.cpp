#include "doppel/augment/transforms/flip/transpose.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Transpose::draw(Draft& draft, const Stream&) const { draft.append(op::Flip{op::Flip::Axis::Diagonal}); }
void Transpose::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
