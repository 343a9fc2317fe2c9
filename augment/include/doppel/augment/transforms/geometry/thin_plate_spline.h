#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The nodes of a grid move by N(0, limit) of the side, at most 0.24 of a cell, joined by the smoothest
/// surface (Bookstein 1989).
struct ThinPlateSpline {
  static constexpr std::string_view name = "ThinPlateSpline";
  static constexpr std::string_view help = "Bends smoothly through moved points.";
  int grid = 3;                        ///< cells a side
  Range limit{0.02, 0.05};             ///< deviation of a node, share of the side; at most 0.24 of a cell
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
