#include "doppel/augment/transforms/structure/sequence.h"

#include "transforms/parts.h"

namespace doppel::augment {

void Sequence::draw(Draft& draft, const Stream& stream) const { draw_all(of, draft, stream); }
void Sequence::fields(FieldVisitor& visit) {
  visit({"of", {}, "", "the parts"}, of);
  visit(kChance, p);
}

}  // namespace doppel::augment
