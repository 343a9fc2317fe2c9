#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Noise of magnitude images (MR): sqrt((x + a)² + b²).
struct RicianNoise {
  static constexpr std::string_view name = "RicianNoise";
  static constexpr std::string_view help = "Noise of MR images.";
  Range std{0.02, 0.1};  ///< standard deviation of a and b, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
