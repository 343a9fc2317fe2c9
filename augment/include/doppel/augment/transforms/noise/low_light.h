#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Less light, then what a camera makes of it: noise at the higher gain that it needs.
struct LowLight {
  static constexpr std::string_view name = "LowLight";
  static constexpr std::string_view help = "Darkens, with the noise of darkness.";
  Range exposure{0.15, 0.5};  ///< share of the light that is left
  Range iso{400, 3200};       ///< speed of the camera, log-uniform; its noise is that of iso / (4 · exposure)
  Range gain{1, 1.5};         ///< factor of linear light after the noise: brightened again
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
