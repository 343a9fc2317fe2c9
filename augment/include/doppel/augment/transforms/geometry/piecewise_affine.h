#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The nodes of a grid move by N(0, limit) of a cell, at most 0.24 of one; triangles between them are mapped
/// straight.
struct PiecewiseAffine {
  static constexpr std::string_view name = "PiecewiseAffine";
  static constexpr std::string_view help = "Moves the nodes of a grid of triangles.";
  int grid = 4;                        ///< cells a side
  Range limit{0.03, 0.12};             ///< deviation of a node, share of a cell; 0 changes nothing
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
