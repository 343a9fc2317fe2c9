#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Sets a share of the pixels to a colour.
struct PixelDropout {
  static constexpr std::string_view name = "PixelDropout";
  static constexpr std::string_view help = "Drops single pixels.";
  Range share{0.01, 0.05};       ///< of the pixels, 0 to 1
  std::vector<double> color{0};  ///< one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
