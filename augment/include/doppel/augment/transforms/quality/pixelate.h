#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Squares of one colour.
struct Pixelate {
  static constexpr std::string_view name = "Pixelate";
  static constexpr std::string_view help = "Shows large pixels.";
  Range block{0.015, 0.06};  ///< side of a square, share of the short side; up to a pixel changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
