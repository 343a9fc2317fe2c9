#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// y' = H - y.
struct VerticalFlip {
  static constexpr std::string_view name = "VerticalFlip";
  static constexpr std::string_view help = "Mirrors top and bottom.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
