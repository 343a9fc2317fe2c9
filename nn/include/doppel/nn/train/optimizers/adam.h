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
  static constexpr std::string_view kName = "adam";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.002;         ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};  ///< what it keeps of each number
  double beta1 = 0.9;                                                  ///< decay of m, 0 to below 1
  double beta2 = 0.999;                                                ///< decay of v, 0 to below 1
  double epsilon = 1e-8;       ///< added to the root of v, above 0 to 1
  double weight_decay = 5e-4;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
};

/// Adam of the gradient alone; weights shrink by rate · decay beside it (Loshchilov and Hutter 2019).
struct AdamW {
  static constexpr std::string_view kName = "adamw";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.002;         ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};  ///< what it keeps of each number
  double beta1 = 0.9;                                                  ///< decay of m, 0 to below 1
  double beta2 = 0.999;                                                ///< decay of v, 0 to below 1
  double epsilon = 1e-8;       ///< added to the root of v, above 0 to 1
  double weight_decay = 0.05;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
};

}  // namespace doppel::nn
