#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Brightness and contrast vary by smooth fractal noise.
struct PlasmaBrightness {
  static constexpr std::string_view name = "PlasmaBrightness";
  static constexpr std::string_view help = "Brightness varies in clouds.";
  Range roughness{0.2, 0.6};
  Range amount{0.1, 0.3};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
