#include "doppel/augment/transforms/crop/scale_jitter.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void ScaleJitter::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size(),
             target{size.height > 0 ? size.height : now.height, size.width > 0 ? size.width : now.width};
  const double fit = std::min(double(target.height) / now.height, double(target.width) / now.width);
  resize_to(draft, scaled(now, fit * stream.uniform("scale", scale.low, scale.high)), filter);
}
void ScaleJitter::fields(FieldVisitor& visit) {
  visit({"size", {0, 1048576}, "pixels", "0: as the image is"}, size);
  visit({"scale", {0.001, 1000}, "", "factor"}, scale);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
