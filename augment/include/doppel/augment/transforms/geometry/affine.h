#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// About the centre: scale (with x over y = stretch), then shear (degrees, x' = x + tan(shear_x)·y), then
/// rotation, then translation (shares of width and height). ShearBy::Turn also has y' = y / cos(shear_x): the
/// image is read along an axis that was turned, as Keras' ImageDataGenerator does.
struct Affine {
  static constexpr std::string_view name = "Affine";
  static constexpr std::string_view help = "Scales, squeezes, shears, turns and moves the image.";
  /// Rows (columns for shear_y) slide and keep their distance, or an axis turns and they move apart by 1 /
  /// cos.
  enum class ShearBy { Slide, Turn };
  Range scale{0.9, 1.1};              ///< factor
  Range stretch{1, 1};                ///< x over y; the area stays
  Range translate{-0.1, 0.1};         ///< share of the side; x and y by draws of their own
  Range angle{-15, 15};               ///< degrees, counter-clockwise
  Range shear_x{-5, 5};               ///< degrees; together with shear_y it mustn't flatten the image
  Range shear_y{-5, 5};               ///< degrees
  ShearBy shear_by = ShearBy::Slide;  ///< what becomes of the rows' distance
  Fill fill{};                        ///< what shows beyond the image
  Filter filter = Filter::Bilinear;   ///< how pixels are interpolated: nearest, bilinear or bicubic
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
