#include "doppel/augment/transforms/structure/maybe.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Maybe::draw(Draft& draft, const Stream& stream) const { draw_all(what, draft, stream); }
void Maybe::fields(FieldVisitor& visit) {
  visit_chance(visit, p);
  visit({"do", {}, "", "the parts"}, what);
}

}  // namespace doppel::augment
