#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Sobel's gradient magnitude, blended in.
struct EdgeDetect {
  static constexpr std::string_view name = "EdgeDetect";
  static constexpr std::string_view help = "Shows edges.";
  Range share{0.3, 1};  ///< of the edges in the result, 0 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
