#include "doppel/augment/transforms/color/posterize.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Posterize::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Posterize{stream.integer("bits", bits.low, bits.high)});
}
void Posterize::fields(FieldVisitor& visit) {
  visit({"bits", {1, 8}, "", "kept"}, bits);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
