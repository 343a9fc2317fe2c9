#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Noise whose power falls with frequency, as 1/f for exponent 1.
struct PinkNoise {
  static constexpr std::string_view name = "PinkNoise";
  static constexpr std::string_view help = "Adds cloudy noise.";
  Range std{0.02, 0.1};  ///< standard deviation, share of the full range
  double exponent = 1;   ///< power falls as 1 / f^exponent
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
