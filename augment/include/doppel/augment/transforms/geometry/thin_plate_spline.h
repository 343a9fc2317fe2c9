#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The nodes of a grid move by N(0, limit) of the side, joined by the smoothest surface (Bookstein 1989).
struct ThinPlateSpline {
  static constexpr std::string_view name = "ThinPlateSpline";
  static constexpr std::string_view help = "Bends smoothly through moved points.";
  int grid = 3;
  Range limit{0.02, 0.05};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
