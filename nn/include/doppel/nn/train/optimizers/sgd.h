// Stochastic gradient descent with momentum.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// v = momentum · v + g + decay · w; w -= rate · v, as in PyTorch.
struct Sgd {
  static constexpr std::string_view kName = "sgd";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.05;          ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 1> kStates{"momentum"};  ///< what it keeps of each number
  double momentum = 0.9;       ///< share of a step that the next one keeps, 0 to below 1
  double weight_decay = 5e-4;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
};

/// The same, but w -= rate · (g + momentum · v) (Sutskever et al. 2013).
struct Nesterov {
  static constexpr std::string_view kName = "nesterov";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.05;          ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 1> kStates{"momentum"};  ///< what it keeps of each number
  double momentum = 0.9;       ///< share of a step that the next one keeps, 0 to below 1
  double weight_decay = 5e-4;  ///< as Sgd's
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
};

}  // namespace doppel::nn
