#include "doppel/augment/transforms/blur/pixel_spread.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void PixelSpread::draw(Draft& draft, const Stream& stream) const {
  const int r = stream.integer("radius", radius.low, radius.high);
  if (r > 0) draft.append(op::Scatter{r, 1, 0, stream.bits("seed")});
}
void PixelSpread::fields(FieldVisitor& visit) {
  visit({"radius", {0, 1000}, "pixels", ""}, radius);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
