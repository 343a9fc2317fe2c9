// Turning gradients into steps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doppel/nn/executor.h"
#include "doppel/nn/model.h"

namespace doppel::nn {

struct OptimizerOptions {
  enum class Kind { Sgd, Adam, AdamW, RmsProp };
  Kind kind = Kind::AdamW;
  double weight_decay =
      0.01;               ///< of weights; biases and BatchNorm are spared. AdamW shrinks w by rate · decay
                          ///< (Loshchilov and Hutter 2019), the others add decay · w to the gradient
  double momentum = 0.9;  ///< Sgd: v = momentum · v + g; w -= rate · v, as in PyTorch. RmsProp: the same with
                          ///< g / (sqrt(mean of g²) + epsilon)
  bool nesterov = false;  ///< Sgd: w -= rate · (g + momentum · v) (Sutskever et al. 2013)
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< Adam and AdamW; RmsProp takes epsilon
  double decay_of_squares = 0.99;                     ///< RmsProp: of the mean of g²
  double clip_norm = 0;  ///< gradients are scaled down where all of them together are longer; 0: never
};

/// Holds the optimiser's own numbers, one or two per trained number of the model.
class Optimizer {
 public:
  Optimizer(const Model& model, OptimizerOptions options);
  /// One step on the model's gradients, on the executor's threads. `rate` is the learning rate. The gradients
  /// stay as they are.
  void step(Model& model, Executor& executor, double rate);

  /// For checkpoints: "momentum" (Sgd), "m" and "v" (Adam, AdamW), "momentum" and "squares" (RmsProp),
  /// parameter by parameter (empty for statistics).
  struct State {
    std::string name;
    std::vector<std::vector<float>> values;
  };
  std::vector<State>& states() { return states_; }
  const std::vector<State>& states() const { return states_; }
  std::uint64_t steps() const { return steps_; }
  void set_steps(std::uint64_t steps) { steps_ = steps; }

 private:
  /// `count` numbers of a parameter, from its number `from` on.
  void update(Parameter& p, std::size_t index, std::size_t from, std::size_t count, double rate, float scale);

  OptimizerOptions options_;
  std::vector<State> states_;
  std::uint64_t steps_ = 0;
};

/// The learning rate of each step. All begin with a rise from 0 over `warm_up` steps, but for OneCycle, which
/// has its own.
struct Schedule {
  enum class Kind {
    Cosine,    ///< half a cosine from `peak` to 0 at `total`
    Constant,  ///< `peak`
    Steps,     ///< `peak` · factor^k, k steps of `every` on
    OneCycle   ///< a cosine from peak / 25 up to `peak` over 30 %, then one down to peak / 250,000 (Smith
               ///< 2018)
  };
  Kind kind = Kind::Cosine;
  double peak = 1e-3;
  std::uint64_t warm_up = 0, total = 1;
  std::uint64_t every = 1;
  double factor = 0.1;
  double operator()(std::uint64_t step) const;
};

}  // namespace doppel::nn
