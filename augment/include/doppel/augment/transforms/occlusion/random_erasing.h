#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers one rectangle of a drawn area and aspect (Zhong 2017); ten tries.
struct RandomErasing {
  static constexpr std::string_view name = "RandomErasing";
  static constexpr std::string_view help = "Covers one rectangle.";
  Range area{0.02, 0.33};             ///< share of the image's
  Range ratio{0.3, 3.3};              ///< height over width, log-uniform
  CoverFill fill = CoverFill::Noise;  ///< what covers
  std::vector<double> color{0};  ///< for CoverFill::Color: one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
