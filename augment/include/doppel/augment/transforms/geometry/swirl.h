#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Turns about a point, most at the point and nothing at `radius`.
struct Swirl {
  static constexpr std::string_view name = "Swirl";
  static constexpr std::string_view help = "Stirs the image about a point.";
  Range strength{-90, 90};             ///< turn at the centre, degrees counter-clockwise; 0 changes nothing
  Range radius{0.4, 0.6};              ///< where it ends, share of the short side
  Range centre{0.35, 0.65};            ///< x and y each, shares of the sides
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
