#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Lines of a grid of `steps` cells move: cell widths and heights are 1 + U(-limit, limit) of each other,
/// stretched to fill the side.
struct GridDistortion {
  static constexpr std::string_view name = "GridDistortion";
  static constexpr std::string_view help = "Moves the lines of a grid.";
  int steps = 5;                       ///< cells a side
  double limit = 0.3;                  ///< most change of a cell, 0 to 0.9; 0 changes nothing
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
