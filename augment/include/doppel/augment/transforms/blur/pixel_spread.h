#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Every pixel from a random place nearby.
struct PixelSpread {
  static constexpr std::string_view name = "PixelSpread";
  static constexpr std::string_view help = "Scatters pixels.";
  IntRange radius{1, 3};  ///< farthest place along x and y, pixels; 0 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
