#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Inverts values at and above the threshold.
struct Solarize {
  static constexpr std::string_view name = "Solarize";
  static constexpr std::string_view help = "Inverts what is light.";
  Range threshold{0.5, 0.5};  ///< share of the full range; above 1 nothing is inverted
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
