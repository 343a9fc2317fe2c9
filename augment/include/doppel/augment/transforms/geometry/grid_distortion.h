#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Lines of a grid of `steps` cells move: cell widths and heights are 1 + U(-limit, limit) of each other,
/// stretched to fill the side.
struct GridDistortion {
  static constexpr std::string_view name = "GridDistortion";
  static constexpr std::string_view help = "Moves the lines of a grid.";
  int steps = 5;
  double limit = 0.3;
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
