#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Light that falls off along a line, from a corner, about a spot, or towards the edges (vignette).
struct Illumination {
  static constexpr std::string_view name = "Illumination";
  static constexpr std::string_view help = "Uneven light.";
  /// How the light falls off; Any: one of the others, all alike.
  enum class Mode { Linear, Corner, Gaussian, Vignette, Any };
  Mode mode = Mode::Any;    ///< which of them
  Range amount{-0.4, 0.4};  ///< most relative change, below 0 darker; a vignette darkens by twice that
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
