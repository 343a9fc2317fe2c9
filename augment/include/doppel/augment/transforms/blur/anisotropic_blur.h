#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A Gaussian wider in one direction.
struct AnisotropicBlur {
  static constexpr std::string_view name = "AnisotropicBlur";
  static constexpr std::string_view help = "Blurs more one way than the other.";
  Range sigma_x{1, 3};    ///< deviation along the angle, pixels
  Range sigma_y{0.3, 1};  ///< deviation across it, pixels
  Range angle{0, 180};    ///< degrees counter-clockwise from the right
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
