// Adam for large batches.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// Adam's direction plus decay · w, as long as the tensor that it changes (You et al. 2020).
struct Lamb {
  static constexpr std::string_view kName = "lamb";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.01;          ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};  ///< what it keeps of each number
  double beta1 = 0.9;                                                  ///< decay of m, 0 to below 1
  double beta2 = 0.999;                                                ///< decay of v, 0 to below 1
  double epsilon = 1e-8;       ///< added to the root of v, above 0 to 1
  double weight_decay = 0.05;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
  /// Always: a step's length is that of its tensor.
  static bool works_on_whole(bool /*hidden_matrix*/) { return true; }
};

}  // namespace doppel::nn
