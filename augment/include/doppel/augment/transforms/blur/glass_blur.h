#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// As through frosted glass: every pixel from a random place nearby, between two Gaussians.
struct GlassBlur {
  static constexpr std::string_view name = "GlassBlur";
  static constexpr std::string_view help = "As through frosted glass.";
  Range sigma{0.5, 0.9};      ///< of both Gaussians, pixels; 0: none
  IntRange max_shift{1, 3};   ///< farthest place along x and y, pixels; 0 changes nothing
  IntRange iterations{1, 2};  ///< rounds of scattering
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
