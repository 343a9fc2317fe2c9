#include "doppel/augment/transforms/weather/fog.h"

#include "transforms/chance_field.h"
#include "transforms/fog.h"

namespace doppel::augment {

void Fog::draw(Draft& draft, const Stream& stream) const {
  const double d = stream.uniform("density", density.low, density.high);
  if (d > 0)
    draft.append(fog(3 * d, stream.uniform("patchiness", patchiness.low, patchiness.high),
                     stream.uniform("horizon", 0.25, 0.45), stream));
}
void Fog::fields(FieldVisitor& visit) {
  visit({"density", {0, 1}, "", "1 is an optical depth of 3 at the horizon"}, density);
  visit({"patchiness", {0, 1}, "", "0 is even"}, patchiness);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
