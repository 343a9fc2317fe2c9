#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers whole rows and columns.
struct StripDropout {
  static constexpr std::string_view name = "StripDropout";
  static constexpr std::string_view help = "Covers strips.";
  IntRange rows{0, 2};
  IntRange columns{0, 2};
  Range width{0.02, 0.08};
  CoverFill fill = CoverFill::Color;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
