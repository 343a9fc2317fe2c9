#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Brightness and contrast vary by smooth fractal noise.
struct PlasmaBrightness {
  static constexpr std::string_view name = "PlasmaBrightness";
  static constexpr std::string_view help = "Brightness varies in clouds.";
  Range roughness{0.2, 0.6};  ///< weight of the finer octaves, 0 to 1
  Range amount{0.1, 0.3};     ///< at most x · (1 ± this) ± half of this, of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
