#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A monotone cubic through the corners and two inner points, each moved up or down by up to `limit`.
struct ToneCurve {
  static constexpr std::string_view name = "ToneCurve";
  static constexpr std::string_view help = "Bends the tone curve.";
  double limit = 0.1;  ///< most that a point moves, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
