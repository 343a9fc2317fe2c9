#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Less light, then what a camera makes of it: noise at the higher gain that it needs.
struct LowLight {
  static constexpr std::string_view name = "LowLight";
  static constexpr std::string_view help = "Darkens, with the noise of darkness.";
  Range exposure{0.15, 0.5};
  Range iso{400, 3200};
  Range gain{1, 1.5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
