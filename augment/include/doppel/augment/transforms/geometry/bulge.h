#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Swells about a point, or pinches.
struct Bulge {
  static constexpr std::string_view name = "Bulge";
  static constexpr std::string_view help = "Bulges or pinches.";
  Range strength{-0.4, 0.4};           ///< positive bulges, negative pinches; -0.9 to 0.9
  Range radius{0.3, 0.6};              ///< where it ends, share of the short side
  Range centre{0.35, 0.65};            ///< x and y each, shares of the sides
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
