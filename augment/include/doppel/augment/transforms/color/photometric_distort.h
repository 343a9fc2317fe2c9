#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// SSD's (Liu 2016): brightness, contrast (before or after), saturation, hue, and a permutation of channels,
/// each with its own chance of one half.
struct PhotometricDistort {
  static constexpr std::string_view name = "PhotometricDistort";
  /// What it does, in a sentence.
  static constexpr std::string_view help =
      "Brightness, contrast, saturation, hue and channel order, each by chance.";
  Range brightness{0.875, 1.125};  ///< factor; 1 changes nothing
  Range contrast{0.5, 1.5};        ///< factor about the mean luma; 1 changes nothing
  Range saturation{0.5, 1.5};      ///< factor; 0 is grey, 1 changes nothing
  Range hue{-0.05, 0.05};          ///< turns of the full circle, -1 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
