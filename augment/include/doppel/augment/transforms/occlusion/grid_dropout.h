#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// GridMask (Chen 2020): a square hole in each cell of a turned grid.
struct GridDropout {
  static constexpr std::string_view name = "GridDropout";
  static constexpr std::string_view help = "Covers a grid of squares.";
  Range unit{0.1, 0.25};         ///< side of a cell, share of the short side; at least 2 pixels
  Range ratio{0.4, 0.6};         ///< side of the hole over the cell's, 0 to 1
  Range angle{0, 0};             ///< degrees, counter-clockwise
  std::vector<double> color{0};  ///< one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
