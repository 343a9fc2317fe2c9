#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds uniform noise of this deviation (it spans 3.46 of them).
struct UniformNoise {
  static constexpr std::string_view name = "UniformNoise";
  static constexpr std::string_view help = "Adds uniform noise.";
  Range std{0.02, 0.1};     ///< standard deviation, share of the full range
  bool per_channel = true;  ///< each channel has its own noise
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
