#include "doppel/augment/transforms/flip/horizontal_flip.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void HorizontalFlip::draw(Draft& draft, const Stream&) const {
  draft.append(op::Flip{op::Flip::Axis::Horizontal});
}
void HorizontalFlip::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
