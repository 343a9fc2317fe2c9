#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds the given pixels at each side; then, where `to` or `divisor` is set, as many more (half at each side)
/// as make the image at least `to`, and its sides multiples of `divisor`.
struct Pad {
  static constexpr std::string_view name = "Pad";
  static constexpr std::string_view help = "Adds pixels around the image.";
  int left = 0;     ///< pixels
  int right = 0;    ///< pixels
  int top = 0;      ///< pixels
  int bottom = 0;   ///< pixels
  Size to{0, 0};    ///< least height and width, pixels; 0: any
  int divisor = 0;  ///< of both sides, pixels; 0 and 1: any sides will do
  Fill fill{};      ///< what the new pixels show
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
