#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Multiplies red and blue by a black body's colour against 6500 K (Planckian locus, Krystek 1985), green
/// staying; even in reciprocal kelvins, so that warmer light is as often drawn as its range is wide.
struct ColorTemperature {
  static constexpr std::string_view name = "ColorTemperature";
  static constexpr std::string_view help = "Makes the light warmer or colder.";
  Range kelvin{3000, 15000};  ///< of the light, drawn evenly in 1 / kelvin
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
