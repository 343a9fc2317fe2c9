#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Shrinks and grows back.
struct Downscale {
  static constexpr std::string_view name = "Downscale";
  static constexpr std::string_view help = "Loses resolution.";
  Range factor{0.25, 0.75};
  Filter down = Filter::Area;
  Filter up = Filter::Nearest;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
