#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Brightness, contrast, saturation and hue in an order drawn at random (torchvision's definition; result
/// clamped after each). Hue is in turns of the full circle.
struct ColorJitter {
  static constexpr std::string_view name = "ColorJitter";
  static constexpr std::string_view help = "Brightness, contrast, saturation and hue, in random order.";
  Range brightness{0.8, 1.2}, contrast{0.8, 1.2}, saturation{0.8, 1.2}, hue{-0.05, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
