#include "doppel/nn/train/optimizers/lamb.h"

#include <cmath>

#include "optimizer_fields.h"
#include "update.h"

namespace doppel::nn {
namespace {

/// A step as long as the tensor that it changes: `direction` times the ratio of both lengths, or times 1
/// where one of them is 0.
template <class Direction>
void scaled_step(std::vector<float>& w, double rate, const Direction& direction) {
  double weights = 0, steps = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double x = static_cast<double>(w[i]), d = direction(i);
    weights += x * x;
    steps += d * d;
  }
  const double ratio = weights > 0 && steps > 0 ? std::sqrt(weights / steps) : 1;
  for (std::size_t i = 0; i < w.size(); ++i)
    w[i] = static_cast<float>(static_cast<double>(w[i]) - rate * ratio * direction(i));
}

}  // namespace

void Lamb::fields(FieldVisitor& visit) {
  visit_betas(visit, beta1, beta2);
  visit_epsilon(visit, epsilon);
  visit_weight_decay(visit, weight_decay);
}

void Lamb::update(const Update& u) const {
  // A rate of 0 only moves m and v.
  const engine::AdamScalars one = adam_scalars(beta1, beta2, epsilon, 1, u, {});
  engine::AdamScalars still = one;
  still.rate = 0;
  engine::adam_update(u.w(), u.g(), u.states[0], u.states[1], u.count, still);
  const float *m = u.states[0], *v = u.states[1];
  float* w = u.w();
  const double decay = u.decay_of(weight_decay);
  const auto direction = [&](std::size_t i) {
    return static_cast<double>(one.rate * m[i] / (std::sqrt(v[i]) + one.epsilon)) +
           decay * static_cast<double>(w[i]);
  };
  if (u.parameter.kind == Parameter::Kind::Weight) return scaled_step(u.parameter.value, u.rate, direction);
  for (std::size_t i = 0; i < u.count; ++i)
    w[i] = static_cast<float>(static_cast<double>(w[i]) - u.rate * direction(i));
}

}  // namespace doppel::nn
