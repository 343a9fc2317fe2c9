// Adam for large batches.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// Adam's direction plus decay · w, as long as the tensor that it changes (You et al. 2020).
struct Lamb {
  static constexpr std::string_view kName = "lamb", kHelp = "";
  static constexpr double kRate = 0.01;
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.05;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;
  static bool works_on_whole(bool /*hidden_matrix*/) { return true; }
};

}  // namespace doppel::nn
