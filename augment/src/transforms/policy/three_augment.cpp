#include "doppel/augment/transforms/policy/three_augment.h"

#include "doppel/augment/transforms/color/color_jitter.h"
#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"

namespace doppel::augment {

void ThreeAugment::draw(Draft& draft, const Stream& stream) const {
  switch (stream.integer("which", 0, 2)) {
    case 0:
      if (draft.channels() >= 3) draft.append(saturation_matrix(0));
      break;
    case 1:
      draft.append(op::Solarize{.threshold = 0.5});
      break;
    default:
      draft.append(op::GaussianBlur{stream.uniform("sigma", 0.1, 2)});
  }
  const Range range{1 - jitter, 1 + jitter};
  ColorJitter{.brightness = range, .contrast = range, .saturation = range, .hue = {0, 0}}.draw(
      draft, stream.split("jitter"));
}
void ThreeAugment::fields(FieldVisitor& visit) {
  visit({"jitter", {0, 1}, "", "brightness, contrast, saturation: 1 ± this"}, jitter);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
