#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Turns about a point, most at the point and nothing at `radius`.
struct Swirl {
  static constexpr std::string_view name = "Swirl";
  static constexpr std::string_view help = "Stirs the picture about a point.";
  Range strength{-90, 90};
  Range radius{0.4, 0.6};
  Range centre{0.35, 0.65};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
