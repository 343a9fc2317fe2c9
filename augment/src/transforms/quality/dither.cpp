#include "doppel/augment/transforms/quality/dither.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Dither::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Dither{stream.integer("bits", bits.low, bits.high)});
}
void Dither::fields(FieldVisitor& visit) {
  visit({"bits", {1, 8}, "", "kept in each channel"}, bits);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
