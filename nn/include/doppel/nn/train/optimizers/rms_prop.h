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
  static constexpr std::string_view kName = "rmsprop", kHelp = "";
  static constexpr double kRate = 0.002;
  static constexpr std::array<std::string_view, 2> kStates{"momentum", "squares"};
  double momentum = 0.9;
  double decay_of_squares = 0.99;  ///< what v keeps of itself at a step
  double epsilon = 1e-8;
  double weight_decay = 5e-4;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;
};

}  // namespace doppel::nn
