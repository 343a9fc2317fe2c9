#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// GridMask (Chen 2020): a square hole in each cell of a turned grid.
struct GridDropout {
  static constexpr std::string_view name = "GridDropout";
  static constexpr std::string_view help = "Covers a grid of squares.";
  Range unit{0.1, 0.25};
  Range ratio{0.4, 0.6};
  Range angle{0, 0};
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
