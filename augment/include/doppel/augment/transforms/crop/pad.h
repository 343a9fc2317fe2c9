#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds the given pixels at each side; then, where `to` or `divisor` is set, as many more (half at each side)
/// as make the picture at least `to`, and its sides multiples of `divisor`.
struct Pad {
  static constexpr std::string_view name = "Pad";
  static constexpr std::string_view help = "Adds pixels around the picture.";
  int left = 0, right = 0, top = 0, bottom = 0;
  Size to{0, 0};
  int divisor = 0;
  Fill fill{};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
