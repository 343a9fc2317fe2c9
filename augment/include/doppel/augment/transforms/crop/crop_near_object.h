#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts one random object out; each side of its box is moved by up to `jitter` of the box. Without objects
/// the image is resized alone.
struct CropNearObject {
  static constexpr std::string_view name = "CropNearObject";
  static constexpr std::string_view help = "Cuts one object out.";
  double jitter = 0.3;               ///< most move of a side, share of the box's width or height
  Size size{0, 0};                   ///< of the result, height and width, pixels; 0: as the image was
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
