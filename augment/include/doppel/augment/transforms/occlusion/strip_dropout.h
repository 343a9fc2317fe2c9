#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers whole rows and columns.
struct StripDropout {
  static constexpr std::string_view name = "StripDropout";
  static constexpr std::string_view help = "Covers strips.";
  IntRange rows{0, 2};                ///< strips across
  IntRange columns{0, 2};             ///< strips down
  Range width{0.02, 0.08};            ///< of a strip, share of the image's height or width
  CoverFill fill = CoverFill::Color;  ///< what covers
  std::vector<double> color{0};  ///< for CoverFill::Color: one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
