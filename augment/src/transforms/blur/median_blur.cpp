#include "doppel/augment/transforms/blur/median_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void MedianBlur::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("size", size.low, size.high) | 1;
  if (n > 1) draft.append(op::MedianBlur{n});
}
void MedianBlur::fields(FieldVisitor& visit) {
  visit({"size", {1, 255}, "pixels", "odd; even draws take the next"}, size);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
