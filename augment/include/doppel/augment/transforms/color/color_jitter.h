#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Brightness, contrast, saturation and hue in an order drawn at random (torchvision's definition; result
/// clamped after each). Hue is in turns of the full circle.
struct ColorJitter {
  static constexpr std::string_view name = "ColorJitter";
  static constexpr std::string_view help = "Brightness, contrast, saturation and hue, in random order.";
  Range brightness{0.8, 1.2};  ///< factor; 1 changes nothing
  Range contrast{0.8, 1.2};    ///< factor about the mean luma; 1 changes nothing
  Range saturation{0.8, 1.2};  ///< factor; 0 is grey, 1 changes nothing
  Range hue{-0.05, 0.05};      ///< turns of the full circle, -0.5 to 0.5
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
