// RMSProp with momentum.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// m = momentum · m + (g + decay · w) / (sqrt(v) + epsilon), v the running mean of squares; w -= rate · m
/// (Tieleman and Hinton 2012).
struct RmsProp {
  static constexpr std::string_view kName = "rmsprop";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.002;         ///< peak learning rate where none is given
  /// What it keeps of each number.
  static constexpr std::array<std::string_view, 2> kStates{"momentum", "squares"};
  double momentum = 0.9;           ///< share of a step that the next one keeps, 0 to below 1
  double decay_of_squares = 0.99;  ///< what v keeps of itself at a step
  double epsilon = 1e-8;           ///< added to the root of v, above 0 to 1
  double weight_decay = 5e-4;      ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
};

}  // namespace doppel::nn
