// Steps of one length, in the direction of the momentum's sign.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// w -= rate · (sign(beta1 · m + (1 - beta1) · g) + decay · w), then m = beta2 · m + (1 - beta2) · g (Chen et
/// al. 2023, "Symbolic discovery of optimization algorithms"). Half of Adam's memory; its rates are 3 to 10
/// times smaller than AdamW's, its decays as much larger.
struct Lion {
  static constexpr std::string_view kName = "lion";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.0004;        ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 1> kStates{"momentum"};  ///< what it keeps of each number
  double beta1 = 0.9;          ///< what the step's direction has of m, 0 to below 1
  double beta2 = 0.99;         ///< decay of m, 0 to below 1
  double weight_decay = 0.25;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
};

}  // namespace doppel::nn
