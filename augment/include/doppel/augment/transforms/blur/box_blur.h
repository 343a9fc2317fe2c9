#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Mean of a square.
struct BoxBlur {
  static constexpr std::string_view name = "BoxBlur";
  static constexpr std::string_view help = "Averages squares.";
  IntRange size{3, 7};  ///< side of the square, pixels; odd, an even draw takes the next
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
