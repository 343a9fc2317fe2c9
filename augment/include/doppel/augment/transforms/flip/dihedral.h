#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One of the eight symmetries of the square (D4), all alike: four quarter turns, each mirrored or not.
struct Dihedral {
  static constexpr std::string_view name = "Dihedral";
  static constexpr std::string_view help = "Turns and mirrors by one of the square's symmetries.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
