#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts a fixed box, in shares of the sides.
struct Crop {
  static constexpr std::string_view name = "Crop";
  static constexpr std::string_view help = "Cuts a fixed box.";
  std::vector<double> box{0, 0, 1, 1};  ///< x0, y0, x1, y1 with x0 < x1 and y0 < y1
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
