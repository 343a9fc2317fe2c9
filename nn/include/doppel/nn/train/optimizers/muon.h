// Steps that are rotations.
#pragma once

#include <array>
#include <string_view>

#include "doppel/base/fields.h"

namespace doppel::nn {

struct Update;

/// Orthogonalised momentum for matrices between hidden values (Jordan et al. 2024), as long as AdamW's steps
/// are (Liu et al. 2025); AdamW for the rest.
struct Muon {
  static constexpr std::string_view kName = "muon", kHelp = "";
  static constexpr double kRate = 0.002;
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};
  double momentum = 0.9;                              ///< of the matrices
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< of the rest
  double weight_decay = 0.05;                         ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;
  static bool works_on_whole(bool hidden_matrix);
  static bool keeps_state(std::string_view state, bool hidden_matrix);
};

}  // namespace doppel::nn
