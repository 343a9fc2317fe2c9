#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Light that falls off along a line, from a corner, about a spot, or towards the edges (vignette).
struct Illumination {
  static constexpr std::string_view name = "Illumination";
  static constexpr std::string_view help = "Uneven light.";
  enum class Mode { Linear, Corner, Gaussian, Vignette, Any };
  Mode mode = Mode::Any;
  Range amount{-0.4, 0.4};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
