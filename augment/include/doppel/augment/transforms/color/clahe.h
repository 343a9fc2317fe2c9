#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Contrast-limited adaptive equalisation of the lightness.
struct Clahe {
  static constexpr std::string_view name = "Clahe";
  static constexpr std::string_view help = "Equalises tile by tile.";
  Range clip{1, 4};  ///< most that a level of a tile's histogram counts, times the histogram's mean
  int tiles = 8;     ///< along each side
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
