#include "doppel/augment/transforms/noise/iso_noise.h"

#include "transforms/chance_field.h"
#include "transforms/sensor.h"

namespace doppel::augment {

void IsoNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(camera(draw_log(stream, "iso", iso), 1, color, 1, stream));
}
void IsoNoise::fields(FieldVisitor& visit) {
  visit({"iso", {50, 1000000}, "ISO", "log-uniform"}, iso);
  visit({"color", {0, 10}, "", "times the usual colour noise"}, color);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
