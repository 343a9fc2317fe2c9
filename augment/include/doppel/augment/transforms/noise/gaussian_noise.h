#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds normal noise.
struct GaussianNoise {
  static constexpr std::string_view name = "GaussianNoise";
  static constexpr std::string_view help = "Adds normal noise.";
  Range std{0.02, 0.1};     ///< standard deviation, share of the full range
  bool per_channel = true;  ///< each channel has its own noise
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
