#include "doppel/augment/transforms/noise/low_light.h"

#include "transforms/chance_field.h"
#include "transforms/sensor.h"

namespace doppel::augment {

void LowLight::draw(Draft& draft, const Stream& stream) const {
  const double e = stream.uniform("exposure", exposure.low, exposure.high);
  draft.append(camera(draw_log(stream, "iso", iso) / e / 4, e, 1, stream.uniform("gain", gain.low, gain.high),
                      stream));
}
void LowLight::fields(FieldVisitor& visit) {
  visit({"exposure", {0.001, 1}, "", "share of the light"}, exposure);
  visit({"iso", {50, 1000000}, "ISO", "of the camera"}, iso);
  visit({"gain", {0, 100}, "", "brightened again"}, gain);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
