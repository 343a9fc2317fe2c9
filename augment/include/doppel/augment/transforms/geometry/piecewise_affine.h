#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The nodes of a grid move by N(0, limit) of a cell, at most half of one; triangles between them are mapped
/// straight.
struct PiecewiseAffine {
  static constexpr std::string_view name = "PiecewiseAffine";
  static constexpr std::string_view help = "Moves the nodes of a grid of triangles.";
  int grid = 4;
  Range limit{0.03, 0.12};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
