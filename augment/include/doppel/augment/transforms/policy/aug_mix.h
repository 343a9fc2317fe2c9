#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Chains of operations, mixed with each other by Dirichlet weights and with the image by a Beta share
/// (Hendrycks 2020). Boxes and keypoints stay: what moves is only blended in.
struct AugMix {
  static constexpr std::string_view name = "AugMix";
  static constexpr std::string_view help = "Blends chains of operations.";
  int severity = 3;                 ///< largest magnitude, of 10
  int width = 3;                    ///< chains
  int depth = -1;                   ///< operations of a chain; -1 and 0: 1 to 3
  double alpha = 1;                 ///< of both distributions
  Fill fill{};                      ///< what shows beyond the image
  Filter filter = Filter::Nearest;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
