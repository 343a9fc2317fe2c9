#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A light source with glow and rays, and ghosts on the line through the centre.
struct SunFlare {
  static constexpr std::string_view name = "SunFlare";
  static constexpr std::string_view help = "A flare of light.";
  Range x{0.1, 0.9};        ///< of the light, share of the width
  Range y{0, 0.5};          ///< of the light, share of the height
  Range radius{0.06, 0.2};  ///< of the glow, share of the short side
  Range strength{0.6, 1};   ///< 0 to 1; 0 changes nothing
  IntRange rays{0, 8};      ///< how many; 0: none
  IntRange ghosts{3, 8};    ///< how many
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
