#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds to hue, saturation and value in HSV. Grey pixels keep saturation 0.
struct HueSaturationValue {
  static constexpr std::string_view name = "HueSaturationValue";
  static constexpr std::string_view help = "Shifts hue, saturation and value.";
  Range hue{-0.06, 0.06};         ///< added, turns of the full circle
  Range saturation{-0.12, 0.12};  ///< added to a saturation of 0 to 1
  Range value{-0.08, 0.08};       ///< added, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
