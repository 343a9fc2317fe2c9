#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A contrast curve: sigmoid 1 / (1 + exp(gain·(cutoff - x))), or log gain·log2(1 + x).
struct ContrastCurve {
  static constexpr std::string_view name = "ContrastCurve";
  static constexpr std::string_view help = "Sigmoid or logarithmic contrast.";
  op::Contour::Shape shape = op::Contour::Shape::Sigmoid;  ///< which curve
  Range gain{5, 8};                                        ///< steepness; for the log 0.8 to 1.2 is usual
  Range cutoff{0.4, 0.6};                                  ///< the sigmoid's middle, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
