#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers rectangles inside objects; sides are shares of the box.
struct DropInObject {
  static constexpr std::string_view name = "DropInObject";
  static constexpr std::string_view help = "Covers parts of objects.";
  IntRange holes{1, 2};              ///< in each object
  Range height{0.2, 0.5};            ///< of a hole, share of the box's height
  Range width{0.2, 0.5};             ///< of a hole, share of the box's width
  CoverFill fill = CoverFill::Mean;  ///< what covers
  std::vector<double> color{0};  ///< for CoverFill::Color: one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
