#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// About the centre: scale (with x over y = stretch), then shear (degrees, x' = x + tan(shear_x)·y), then
/// rotation, then translation (shares of width and height).
struct Affine {
  static constexpr std::string_view name = "Affine";
  static constexpr std::string_view help = "Scales, squeezes, shears, turns and moves the picture.";
  Range scale{0.9, 1.1};
  Range stretch{1, 1};
  Range translate{-0.1, 0.1};
  Range angle{-15, 15};
  Range shear_x{-5, 5};
  Range shear_y{-5, 5};
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
