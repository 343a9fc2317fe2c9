#include "doppel/nn/train/optimizers/lion.h"

#include "optimizer_fields.h"
#include "update.h"

namespace doppel::nn {

void Lion::fields(FieldVisitor& visit) {
  visit({"beta1", {0, 1, false, true}, "RATE", "share of the momentum in a step's direction"}, beta1);
  visit({"beta2", {0, 1, false, true}, "RATE", "decay of the momentum"}, beta2);
  visit_weight_decay(visit, weight_decay);
}

void Lion::update(const Update& u) const {
  float *w = u.w(), *m = u.states[0];
  const float* g = u.g();
  const auto rate = static_cast<float>(u.rate),
             keep = static_cast<float>(1 - u.rate * u.decay_of(weight_decay)), b1 = static_cast<float>(beta1),
             b2 = static_cast<float>(beta2);
  for (std::size_t i = 0; i < u.count; ++i) {
    const float gradient = u.scale * g[i], direction = b1 * m[i] + (1 - b1) * gradient;
    w[i] = keep * w[i] - (direction > 0 ? rate : direction < 0 ? -rate : 0);
    m[i] = b2 * m[i] + (1 - b2) * gradient;
  }
}

}  // namespace doppel::nn
