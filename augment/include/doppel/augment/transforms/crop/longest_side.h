#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales so that the longer side has this length.
struct LongestSide {
  static constexpr std::string_view name = "LongestSide";
  static constexpr std::string_view help = "Scales by the longer side.";
  int size = 256;                    ///< pixels
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
