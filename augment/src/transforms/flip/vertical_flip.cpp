#include "doppel/augment/transforms/flip/vertical_flip.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void VerticalFlip::draw(Draft& draft, const Stream&) const {
  draft.append(op::Flip{op::Flip::Axis::Vertical});
}
void VerticalFlip::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
