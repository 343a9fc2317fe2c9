#include "doppel/augment/transforms/structure/sequence.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Sequence::draw(Draft& draft, const Stream& stream) const { draw_all(of, draft, stream); }
void Sequence::fields(FieldVisitor& visit) {
  visit({"of", {}, "", "the parts"}, of);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
