#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Mean along a line, anti-aliased and centred on its own weight, so that labels stay true. `direction` leans
/// the weights to one end.
struct MotionBlur {
  static constexpr std::string_view name = "MotionBlur";
  static constexpr std::string_view help = "Blurs along a line.";
  Range length{3, 9};      ///< of the line, pixels; up to 1 changes nothing
  Range angle{0, 360};     ///< degrees counter-clockwise from the right
  Range direction{-1, 1};  ///< 0: even weights; 1 and -1: they fall to 0 at one end
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
