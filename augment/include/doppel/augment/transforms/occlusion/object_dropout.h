#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers a share of the objects wholly, and drops their boxes and keypoints.
struct ObjectDropout {
  static constexpr std::string_view name = "ObjectDropout";
  static constexpr std::string_view help = "Removes whole objects.";
  Range share{0.1, 0.5};             ///< of the objects, by chance each
  CoverFill fill = CoverFill::Mean;  ///< what covers
  std::vector<double> color{0};  ///< for CoverFill::Color: one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
