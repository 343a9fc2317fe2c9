#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Averages with another sample, weighted by Beta(alpha, alpha); labels share alike (Zhang 2018). The other
/// image is resized where it has another size.
struct MixUp {
  static constexpr std::string_view name = "MixUp";
  static constexpr std::string_view help = "Averages two samples.";
  double alpha = 0.2;  ///< of the Beta distribution; small: mostly one of the two
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
