#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A camera at high sensitivity: read and shot noise in the luma, coarser noise in the colours, in linear
/// light.
struct IsoNoise {
  static constexpr std::string_view name = "IsoNoise";
  static constexpr std::string_view help = "Camera noise of an ISO speed.";
  Range iso{800, 12800};  ///< ISO speed, log-uniform
  double color = 1;       ///< times the usual colour noise
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
