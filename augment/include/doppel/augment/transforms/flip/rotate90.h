#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Turns counter-clockwise by one of `times` quarter turns, exactly.
struct Rotate90 {
  static constexpr std::string_view name = "Rotate90";
  static constexpr std::string_view help = "Turns by quarter turns.";
  std::vector<double> times{0, 1, 2, 3};  ///< to choose from, each 0 to 3
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
