#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A light source with glow and rays, and ghosts on the line through the centre.
struct SunFlare {
  static constexpr std::string_view name = "SunFlare";
  static constexpr std::string_view help = "A flare of light.";
  Range x{0.1, 0.9};
  Range y{0, 0.5};
  Range radius{0.06, 0.2};
  Range strength{0.6, 1};
  IntRange rays{0, 8};
  IntRange ghosts{3, 8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
