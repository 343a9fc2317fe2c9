#include "doppel/augment/transforms/geometry/wave.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/control_points.h"

namespace doppel::augment {

void Wave::draw(Draft& draft, const Stream& stream) const {
  const double s = short_side(draft), a = stream.uniform("amplitude", amplitude.low, amplitude.high) * s;
  if (a > 0)
    draft.append(op::Wave{a, std::max(1.0, stream.uniform("wavelength", wavelength.low, wavelength.high) * s),
                          stream.uniform("direction", direction.low, direction.high),
                          stream.uniform("phase", 0, 360), fill, filter});
}
void Wave::fields(FieldVisitor& visit) {
  visit({"amplitude", {0, 1}, "of the short side", "of the shift"}, amplitude);
  visit({"wavelength", {0.01, 100}, "of the short side", "crest to crest"}, wavelength);
  visit({"direction", {}, "degrees", "of travel"}, direction);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
