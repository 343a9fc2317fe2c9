#include "doppel/nn/train/optimizers/adam.h"

#include <cmath>

#include "optimizer_fields.h"
#include "update.h"

namespace doppel::nn {

void Adam::fields(FieldVisitor& visit) {
  visit_betas(visit, beta1, beta2);
  visit_epsilon(visit, epsilon);
  visit_weight_decay(visit, weight_decay);
}

void AdamW::fields(FieldVisitor& visit) {
  visit_betas(visit, beta1, beta2);
  visit_epsilon(visit, epsilon);
  visit_weight_decay(visit, weight_decay);
}

engine::AdamScalars adam_scalars(double beta1, double beta2, double epsilon, double rate, const Update& u,
                                 const AdamDecay& decay) {
  // rate/c1 · m / (sqrt(v)/c2 + e) = (rate · c2 / c1) · m / (sqrt(v) + e · c2)
  const double c1 = 1 - std::pow(beta1, static_cast<double>(u.step)),
               c2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(u.step)));
  return {static_cast<float>(rate * c2 / c1),
          u.scale,
          static_cast<float>(decay.in_gradient),
          static_cast<float>(beta1),
          static_cast<float>(beta2),
          static_cast<float>(epsilon * c2),
          static_cast<float>(decay.of_weights)};
}

void Adam::update(const Update& u) const {
  engine::adam_update(
      u.w(), u.g(), u.states[0], u.states[1], u.count,
      adam_scalars(beta1, beta2, epsilon, u.rate, u, {.in_gradient = u.decay_of(weight_decay)}));
}

void AdamW::update(const Update& u) const {
  engine::adam_update(
      u.w(), u.g(), u.states[0], u.states[1], u.count,
      adam_scalars(beta1, beta2, epsilon, u.rate, u, {.of_weights = u.rate * u.decay_of(weight_decay)}));
}

}  // namespace doppel::nn
