#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = x·(1 + n), n normal.
struct SpeckleNoise {
  static constexpr std::string_view name = "SpeckleNoise";
  static constexpr std::string_view help = "Multiplies by 1 + normal noise.";
  Range std{0.05, 0.2};     ///< standard deviation of n
  bool per_channel = true;  ///< each channel has its own noise
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
