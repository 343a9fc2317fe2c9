#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// SSD's (Liu 2016): brightness, contrast (before or after), saturation, hue, and a permutation of channels,
/// each with its own chance of one half.
struct PhotometricDistort {
  static constexpr std::string_view name = "PhotometricDistort";
  static constexpr std::string_view help =
      "Brightness, contrast, saturation, hue and channel order, each by chance.";
  Range brightness{0.875, 1.125};
  Range contrast{0.5, 1.5};
  Range saturation{0.5, 1.5};
  Range hue{-0.05, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
