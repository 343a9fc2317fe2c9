// A network in plain double-precision loops: what the engine is held against. Its own gradients are held
// against central differences.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "doppel/nn/model/model.h"

namespace doppel::nn {

class Reference {
 public:
  using Numbers = std::vector<double>;
  /// Takes the model's parameters as they are. Dropout is left out (p must be 0).
  explicit Reference(const Model& model);

  /// The loss of a batch, training mode: mean cross-entropy where `labels` isn't empty, else the sum of
  /// weights · output.
  double forward(const Numbers& images, const std::vector<int>& labels, const Numbers& weights = {});
  /// Gradients of the last forward: by parameter name, and "input".
  std::map<std::string, Numbers> backward();
  const Numbers& output() const { return values_.back(); }

  std::map<std::string, Numbers> parameters;

 private:
  static bool joins(const Node& node);
  /// Add and Concat: f(which input, place in it, place in the output).
  void each_joined(const Node& node,
                   const std::function<void(std::size_t, std::size_t, std::size_t)>& f) const;

  /// Multiply and ChannelShift: f(place in the output, in the first factor, in the second).
  void each_factor(const Node& node,
                   const std::function<void(std::size_t, std::size_t, std::size_t)>& f) const;

  Graph graph_;
  int rows_ = 0;
  std::vector<Numbers> values_, grads_;  ///< [0] is the input, [i + 1] node i's output
};

}  // namespace doppel::nn
