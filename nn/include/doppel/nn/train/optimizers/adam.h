// Steps as long as the gradient is steady.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// Running means m of g + decay · w and v of its square; w -= rate · m / (sqrt(v) + epsilon), both corrected
/// for their beginning at 0 (Kingma and Ba 2015).
struct Adam {
  static constexpr std::string_view kName = "adam", kHelp = "";
  static constexpr double kRate = 0.002;
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 5e-4;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;
};

/// Adam of the gradient alone; weights shrink by rate · decay beside it (Loshchilov and Hutter 2019).
struct AdamW {
  static constexpr std::string_view kName = "adamw", kHelp = "";
  static constexpr double kRate = 0.002;
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.05;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;
};

}  // namespace doppel::nn
