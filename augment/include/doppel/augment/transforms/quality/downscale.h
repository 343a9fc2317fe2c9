#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Shrinks and grows back.
struct Downscale {
  static constexpr std::string_view name = "Downscale";
  static constexpr std::string_view help = "Loses resolution.";
  Range factor{0.25, 0.75};     ///< of both sides, up to 1; 1 changes nothing
  Filter down = Filter::Area;   ///< how pixels are interpolated when it shrinks
  Filter up = Filter::Nearest;  ///< how they are when it grows back
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
