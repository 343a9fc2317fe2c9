#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Printed dots.
struct Halftone {
  static constexpr std::string_view name = "Halftone";
  static constexpr std::string_view help = "Prints in dots.";
  Range cell{0.015, 0.035};  ///< side of a dot's cell, share of the short side; at least 2 pixels
  Range angle{0, 90};        ///< of the grid, degrees counter-clockwise
  Range share{0.5, 1};       ///< of the dots in the result, 0 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
