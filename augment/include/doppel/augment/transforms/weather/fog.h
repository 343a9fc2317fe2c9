#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Blends towards the airlight by Koschmieder's law with a synthetic depth: thickest at the horizon, patchy
/// by smooth noise.
struct Fog {
  static constexpr std::string_view name = "Fog";
  static constexpr std::string_view help = "Patchy fog.";
  Range density{0.2, 0.8};     ///< 1 is an optical depth of 3 at the horizon; 0 changes nothing
  Range patchiness{0.3, 0.8};  ///< 0 is even, 1 the patchiest
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
