#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Poisson noise of light: x·photons is counted.
struct ShotNoise {
  static constexpr std::string_view name = "ShotNoise";
  static constexpr std::string_view help = "Photon noise, as in little light.";
  Range photons{30, 300};  ///< that a white pixel catches, log-uniform
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
