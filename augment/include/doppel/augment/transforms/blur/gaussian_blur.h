#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Gaussian blur; sigma in pixels.
struct GaussianBlur {
  static constexpr std::string_view name = "GaussianBlur";
  static constexpr std::string_view help = "Blurs evenly.";
  Range sigma{0.5, 2};  ///< standard deviation, pixels; 0 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
