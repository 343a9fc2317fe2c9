// Turning gradients into steps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/optimizers/adam.h"
#include "doppel/nn/train/optimizers/lamb.h"
#include "doppel/nn/train/optimizers/lion.h"
#include "doppel/nn/train/optimizers/muon.h"
#include "doppel/nn/train/optimizers/rms_prop.h"
#include "doppel/nn/train/optimizers/sgd.h"

namespace doppel::nn {

/// Any optimizer, with its settings.
using OptimizerOptions = std::variant<AdamW, Adam, Sgd, Nesterov, RmsProp, Lamb, Muon, Lion>;

/// A peak learning rate that suits it where nothing else is known.
double default_rate(const OptimizerOptions& options);

/// Holds the optimizer's own numbers, one or two per trained number of the model.
class Optimizer {
 public:
  /// `clip_norm`: gradients are scaled down where all of them together are longer; 0: never.
  Optimizer(const Model& model, OptimizerOptions options, double clip_norm = 0);
  /// One step on the model's gradients, on the executor's threads. `rate` is the learning rate. The gradients
  /// stay as they are.
  void step(Model& model, Executor& executor, double rate);

  /// For checkpoints: a state by its name, as the optimizer's kStates has it; parameter by parameter (empty
  /// where there is none: statistics, and "v" of what Muon makes orthogonal).
  struct State {
    std::string name;                        ///< of kStates
    std::vector<std::vector<float>> values;  ///< by the model's parameters
  };
  std::vector<State>& states() { return states_; }              ///< in kStates' order, to be restored
  const std::vector<State>& states() const { return states_; }  ///< the same, to be saved
  std::uint64_t steps() const { return steps_; }           ///< done so far; Adam and its kin depend on it
  void set_steps(std::uint64_t steps) { steps_ = steps; }  ///< for what is restored

 private:
  /// Some numbers of a parameter, or all.
  struct Chunk {
    std::size_t parameter, first, count;
  };
  float clip_scale(const Model& model, Executor& executor) const;
  void update_chunk(Model& model, const Chunk& chunk, double rate, float scale);

  OptimizerOptions options_;
  double clip_norm_;
  std::vector<bool> hidden_matrix_;  ///< of each parameter
  std::vector<Chunk> chunks_;
  std::vector<State> states_;
  std::uint64_t steps_ = 0;
};

}  // namespace doppel::nn
