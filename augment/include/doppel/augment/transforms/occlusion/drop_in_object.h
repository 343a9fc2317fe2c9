#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers rectangles inside objects; sides are shares of the box.
struct DropInObject {
  static constexpr std::string_view name = "DropInObject";
  static constexpr std::string_view help = "Covers parts of objects.";
  IntRange holes{1, 2};
  Range height{0.2, 0.5};
  Range width{0.2, 0.5};
  CoverFill fill = CoverFill::Mean;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
