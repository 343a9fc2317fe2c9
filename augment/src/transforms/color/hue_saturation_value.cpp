#include "doppel/augment/transforms/color/hue_saturation_value.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void HueSaturationValue::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Hsv{stream.uniform("hue", hue.low, hue.high), 1,
                       stream.uniform("saturation", saturation.low, saturation.high),
                       stream.uniform("value", value.low, value.high)});
}
void HueSaturationValue::fields(FieldVisitor& visit) {
  visit({"hue", {-1, 1}, "turns", "added"}, hue);
  visit({"saturation", {-1, 1}, "", "added"}, saturation);
  visit({"value", {-1, 1}, "of the full range", "added"}, value);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
