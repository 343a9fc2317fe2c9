#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// DeiT III's (Touvron 2022): grey, solarise, or blur, all alike, then a colour jitter.
struct ThreeAugment {
  static constexpr std::string_view name = "ThreeAugment";
  static constexpr std::string_view help = "Grey, solarise or blur, then jitter.";
  double jitter = 0.3;  ///< brightness, contrast and saturation: factors of 1 ± this
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
