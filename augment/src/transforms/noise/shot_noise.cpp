#include "doppel/augment/transforms/noise/shot_noise.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void ShotNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Shot{draw_log(stream, "photons", photons), stream.bits("seed")});
}
void ShotNoise::fields(FieldVisitor& visit) {
  visit({"photons", {0.1, 10000000}, "", "that a white pixel catches, log-uniform"}, photons);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
