#include "doppel/augment/transforms/noise/gaussian_noise.h"

#include "transforms/chance_field.h"
#include "transforms/sensor.h"

namespace doppel::augment {

void GaussianNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(noise_op(op::Noise::Law::Additive, op::Noise::Distribution::Normal, std, per_channel, stream));
}
void GaussianNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "standard deviation"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
