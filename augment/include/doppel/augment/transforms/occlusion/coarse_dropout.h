#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers rectangles (Cutout; DeVries and Taylor 2017), anywhere inside the image. Sides are shares of the
/// height and the width.
struct CoarseDropout {
  static constexpr std::string_view name = "CoarseDropout";
  static constexpr std::string_view help = "Covers rectangles.";
  IntRange holes{1, 8};               ///< how many
  Range height{0.05, 0.15};           ///< of a hole, share of the image's height
  Range width{0.05, 0.15};            ///< of a hole, share of the image's width
  CoverFill fill = CoverFill::Color;  ///< what covers
  std::vector<double> color{0};  ///< for CoverFill::Color: one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
