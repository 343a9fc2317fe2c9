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
  static constexpr std::string_view kName = "muon";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  static constexpr double kRate = 0.002;         ///< peak learning rate where none is given
  static constexpr std::array<std::string_view, 2> kStates{"m", "v"};  ///< what it keeps of each number
  double momentum = 0.9;                                               ///< of the matrices
  double beta1 = 0.9;          ///< of the rest: decay of m, 0 to below 1
  double beta2 = 0.999;        ///< of the rest: decay of v, 0 to below 1
  double epsilon = 1e-8;       ///< of the rest: added to the root of v, above 0 to 1
  double weight_decay = 0.05;  ///< of weights; biases and BatchNorm are spared
  void fields(FieldVisitor& visit);
  void update(const Update& u) const;  ///< one step on some numbers of a parameter
  /// True of a matrix: it is made orthogonal as a whole.
  static bool works_on_whole(bool hidden_matrix);
  /// False of "v" of a matrix.
  static bool keeps_state(std::string_view state, bool hidden_matrix);
};

}  // namespace doppel::nn
