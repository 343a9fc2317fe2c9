// Turning gradients into steps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doppel/nn/executor.h"
#include "doppel/nn/model.h"

namespace doppel::nn {

struct OptimizerOptions {
  enum class Kind { Sgd, AdamW };
  Kind kind = Kind::AdamW;
  double weight_decay = 0.01;  ///< of weights; biases and BatchNorm are spared. Sgd adds decay · w to the
                               ///< gradient, AdamW shrinks w by rate · decay (Loshchilov and Hutter 2019)
  double momentum = 0.9;       ///< Sgd: v = momentum · v + g; w -= rate · v, as in PyTorch
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< AdamW
};

/// Holds the optimiser's own numbers, one or two per trained number of the model.
class Optimizer {
 public:
  Optimizer(const Model& model, OptimizerOptions options);
  /// One step on the model's gradients, on the executor's threads. `rate` is the learning rate.
  void step(Model& model, Executor& executor, double rate);

  /// For checkpoints: "momentum" (Sgd), or "m" and "v" (AdamW), parameter by parameter (empty for
  /// statistics).
  struct State {
    std::string name;
    std::vector<std::vector<float>> values;
  };
  std::vector<State>& states() { return states_; }
  const std::vector<State>& states() const { return states_; }
  std::uint64_t steps() const { return steps_; }
  void set_steps(std::uint64_t steps) { steps_ = steps; }

 private:
  OptimizerOptions options_;
  std::vector<State> states_;
  std::uint64_t steps_ = 0;
};

/// Cosine with warm-up: linear from 0 to `peak` over `warm_up` steps, then half a cosine down to 0 at
/// `total`.
struct CosineSchedule {
  double peak = 1e-3;
  std::uint64_t warm_up = 0, total = 1;
  double operator()(std::uint64_t step) const;
};

}  // namespace doppel::nn
