// Turning gradients into steps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

namespace engine {
struct AdamScalars;
}

struct OptimizerOptions {
  enum class Kind { Sgd, Adam, AdamW, RmsProp, Lamb, Muon };
  Kind kind = Kind::AdamW;
  double weight_decay = 0.01;  ///< of weights; biases and BatchNorm are spared. AdamW and Muon shrink w by
                               ///< rate · decay (Loshchilov and Hutter 2019), Lamb adds it to its step, the
                               ///< others add decay · w to the gradient
  double momentum = 0.9;  ///< Sgd: v = momentum · v + g; w -= rate · v, as in PyTorch. RmsProp: the same with
                          ///< g / (sqrt(mean of g²) + epsilon). Muon: orthogonalised momentum for matrices
                          ///< between hidden values (Jordan et al. 2024), AdamW for the rest
  bool nesterov = false;  ///< Sgd: w -= rate · (g + momentum · v) (Sutskever et al. 2013)
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< Adam, AdamW, Lamb; RmsProp takes epsilon
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

  /// For checkpoints: "momentum" (Sgd), "momentum" and "squares" (RmsProp), "m" and "v" (the others),
  /// parameter by parameter (empty where there is none: statistics; "v" of what Muon makes orthogonal).
  struct State {
    std::string name;
    std::vector<std::vector<float>> values;
  };
  std::vector<State>& states() { return states_; }
  const std::vector<State>& states() const { return states_; }
  std::uint64_t steps() const { return steps_; }
  void set_steps(std::uint64_t steps) { steps_ = steps; }

 private:
  /// Some numbers of a parameter, or all.
  struct Chunk {
    std::size_t parameter, first, count;
  };
  void update(Model& model, const Chunk& chunk, double rate, float scale);
  /// Adam's numbers at this step; `decay` where it is.
  engine::AdamScalars adam(double rate, float scale, double pull, double shrink) const;

  OptimizerOptions options_;
  std::vector<Chunk> chunks_;
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
