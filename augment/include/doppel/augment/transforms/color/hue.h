#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Turns the hue in HSV. Leaves grey images as they are.
struct Hue {
  static constexpr std::string_view name = "Hue";
  static constexpr std::string_view help = "Turns the hue.";
  Range turn{-0.05, 0.05};  ///< turns of the full circle, -1 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
