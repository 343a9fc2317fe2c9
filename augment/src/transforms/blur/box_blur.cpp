#include "doppel/augment/transforms/blur/box_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void BoxBlur::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("size", size.low, size.high) | 1;
  if (n > 1) draft.append(op::BoxBlur{n});
}
void BoxBlur::fields(FieldVisitor& visit) {
  visit({"size", {1, 4095}, "pixels", "odd; even draws take the next"}, size);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
