#include "doppel/augment/transforms/noise/speckle_noise.h"

#include "transforms/chance_field.h"
#include "transforms/sensor.h"

namespace doppel::augment {

void SpeckleNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      noise_op(op::Noise::Law::Multiplicative, op::Noise::Distribution::Normal, std, per_channel, stream));
}
void SpeckleNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 10}, "", "standard deviation of the factor"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
