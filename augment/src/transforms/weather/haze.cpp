#include "doppel/augment/transforms/weather/haze.h"

#include "transforms/chance_field.h"
#include "transforms/fog.h"

namespace doppel::augment {

void Haze::draw(Draft& draft, const Stream& stream) const {
  const double d = stream.uniform("density", density.low, density.high);
  if (d > 0) draft.append(fog(d, 0, -1, stream));
}
void Haze::fields(FieldVisitor& visit) {
  visit({"density", {0, 10}, "", "optical depth"}, density);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
