#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales both sides by a drawn factor.
struct RandomScale {
  static constexpr std::string_view name = "RandomScale";
  static constexpr std::string_view help = "Scales by a drawn factor.";
  Range factor{0.8, 1.25};           ///< log-uniform
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
