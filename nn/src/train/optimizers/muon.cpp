#include "doppel/nn/train/optimizers/muon.h"

#include <algorithm>
#include <cmath>

#include "optimizer_fields.h"
#include "orthogonalize.h"
#include "update.h"

namespace doppel::nn {
namespace {

/// m = momentum · m + g; w -= rate · (0.2 · sqrt(max(rows, columns)) · orthogonalize(g + momentum · m) +
/// decay · w): as long as AdamW's steps are, so that its rates and decays serve (Liu et al. 2025).
void update_matrix(const Muon& o, const Update& u) {
  Parameter& parameter = u.parameter;
  const auto rows = static_cast<int>(parameter.shape[0]);
  const int columns = static_cast<int>(parameter.value.size()) / rows;
  float* m = u.states[0];
  std::vector<float> step(u.count);
  for (std::size_t i = 0; i < u.count; ++i) {
    const double g = static_cast<double>(u.scale) * static_cast<double>(parameter.grad[i]);
    m[i] = static_cast<float>(o.momentum * static_cast<double>(m[i]) + g);
    step[i] = static_cast<float>(g + o.momentum * static_cast<double>(m[i]));
  }
  orthogonalize(step.data(), rows, columns);
  const double length = 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns))),
               decay = u.decay_of(o.weight_decay);
  for (std::size_t i = 0; i < u.count; ++i) {
    const double w = static_cast<double>(parameter.value[i]);
    parameter.value[i] = static_cast<float>(w - u.rate * (length * static_cast<double>(step[i]) + decay * w));
  }
}

}  // namespace

void Muon::fields(FieldVisitor& visit) {
  visit_momentum(visit, momentum);
  visit_betas(visit, beta1, beta2);
  visit_epsilon(visit, epsilon);
  visit_weight_decay(visit, weight_decay);
}

void Muon::update(const Update& u) const {
  if (u.hidden_matrix) return update_matrix(*this, u);
  AdamW{.beta1 = beta1, .beta2 = beta2, .epsilon = epsilon, .weight_decay = weight_decay}.update(u);
}

bool Muon::works_on_whole(bool hidden_matrix) { return hidden_matrix; }
bool Muon::keeps_state(std::string_view state, bool hidden_matrix) {
  return !(hidden_matrix && state == "v");
}

}  // namespace doppel::nn
