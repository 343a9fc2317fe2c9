#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Darkens soft-edged convex polygons.
struct Shadow {
  static constexpr std::string_view name = "Shadow";
  static constexpr std::string_view help = "Casts shadows.";
  IntRange count{1, 2};                    ///< how many
  Range darkness{0.3, 0.6};                ///< share of the light taken, 0 to 1
  std::vector<double> region{0, 0, 1, 1};  ///< where centres lie: x0, y0, x1, y1, of the sides
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
