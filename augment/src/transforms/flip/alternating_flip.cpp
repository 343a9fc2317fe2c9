#include "doppel/augment/transforms/flip/alternating_flip.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void AlternatingFlip::draw(Draft& draft, const Stream& stream) const {
  Stream first = stream;
  first.epoch = 0;
  if (((first.bits("side") ^ stream.epoch) & 1) != 0) draft.append(op::Flip{op::Flip::Axis::Horizontal});
}
void AlternatingFlip::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
