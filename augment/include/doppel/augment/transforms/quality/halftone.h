#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Printed dots.
struct Halftone {
  static constexpr std::string_view name = "Halftone";
  static constexpr std::string_view help = "Prints in dots.";
  Range cell{0.015, 0.035};
  Range angle{0, 90};
  Range share{0.5, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
