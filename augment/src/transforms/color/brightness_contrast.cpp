#include "doppel/augment/transforms/color/brightness_contrast.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void BrightnessContrast::draw(Draft& draft, const Stream& stream) const {
  const double c = stream.uniform("contrast", contrast.low, contrast.high),
               b = stream.uniform("brightness", brightness.low, brightness.high);
  if (c != 0)
    draft.append(op::Contrast{1 + c, false, b});
  else if (b != 0)
    draft.append(op::ColorMatrix{{1, 0, 0, b, 0, 1, 0, b, 0, 0, 1, b}});
}
void BrightnessContrast::fields(FieldVisitor& visit) {
  visit({"brightness", {-1, 1}, "of the full range", "added"}, brightness);
  visit({"contrast", {-1, 100}, "", "added to the factor 1"}, contrast);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
