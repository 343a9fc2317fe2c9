#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Sets a share of the pixels to a colour.
struct PixelDropout {
  static constexpr std::string_view name = "PixelDropout";
  static constexpr std::string_view help = "Drops single pixels.";
  Range share{0.01, 0.05};
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
