#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A contrast curve: sigmoid 1 / (1 + exp(gain·(cutoff - x))), or log gain·log2(1 + x).
struct ContrastCurve {
  static constexpr std::string_view name = "ContrastCurve";
  static constexpr std::string_view help = "Sigmoid or logarithmic contrast.";
  op::Contour::Shape shape = op::Contour::Shape::Sigmoid;
  Range gain{5, 8};
  Range cutoff{0.4, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
