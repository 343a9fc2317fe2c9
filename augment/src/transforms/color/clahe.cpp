#include "doppel/augment/transforms/color/clahe.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Clahe::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Clahe{stream.uniform("clip", clip.low, clip.high), tiles});
}
void Clahe::fields(FieldVisitor& visit) {
  visit({"clip", {0.01, 1000}, "", "limit"}, clip);
  visit({"tiles", {1, 256}, "", "a side"}, tiles);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
