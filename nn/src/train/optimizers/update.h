// One step of an optimizer on some numbers of a parameter.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "doppel/nn/model/model.h"
#include "doppel/nn/train/optimizer.h"
#include "engine/kernels.h"

namespace doppel::nn {

struct Update {
  Parameter& parameter;
  bool hidden_matrix;            ///< see is_hidden_matrix()
  std::size_t first, count;      ///< of the parameter's numbers; all where works_on_whole()
  std::array<float*, 2> states;  ///< as Optimizer::states(), at `first`
  double rate;                   ///< the parameter's own
  float scale;                   ///< of the gradient
  std::uint64_t step;            ///< counted from 1

  float* w() const { return parameter.value.data() + first; }
  const float* g() const { return parameter.grad.data() + first; }
  double decay_of(double weight_decay) const {
    return parameter.kind == Parameter::Kind::Weight ? weight_decay : 0;
  }
};

/// True where a step of this kind needs all numbers of a parameter at once.
template <class Kind>
bool works_on_whole(const Kind&, bool hidden_matrix) {
  if constexpr (requires { Kind::works_on_whole(hidden_matrix); })
    return Kind::works_on_whole(hidden_matrix);
  else
    return false;
}

/// False where a state isn't kept for a parameter.
template <class Kind>
bool keeps_state(const Kind&, std::string_view state, bool hidden_matrix) {
  if constexpr (requires { Kind::keeps_state(state, hidden_matrix); })
    return Kind::keeps_state(state, hidden_matrix);
  else
    return true;
}

/// What the decay multiplies: part of the gradient, or of the weights themselves.
struct AdamDecay {
  double in_gradient = 0, of_weights = 0;
};
engine::AdamScalars adam_scalars(double beta1, double beta2, double epsilon, double rate, const Update& u,
                                 const AdamDecay& decay);

}  // namespace doppel::nn
