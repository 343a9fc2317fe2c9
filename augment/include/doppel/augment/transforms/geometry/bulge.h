#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Swells about a point, or pinches.
struct Bulge {
  static constexpr std::string_view name = "Bulge";
  static constexpr std::string_view help = "Bulges or pinches.";
  Range strength{-0.4, 0.4};
  Range radius{0.3, 0.6};
  Range centre{0.35, 0.65};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
