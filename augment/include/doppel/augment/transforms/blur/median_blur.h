#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Median of a square, each channel apart.
struct MedianBlur {
  static constexpr std::string_view name = "MedianBlur";
  static constexpr std::string_view help = "Takes medians.";
  IntRange size{3, 5};  ///< side of the square, pixels; odd, an even draw takes the next
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
