#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = (1 + contrast)·(x - mean luma) + mean luma + brightness.
struct BrightnessContrast {
  static constexpr std::string_view name = "BrightnessContrast";
  static constexpr std::string_view help = "Changes brightness and contrast together.";
  Range brightness{-0.2, 0.2};  ///< added, share of the full range
  Range contrast{-0.2, 0.2};    ///< added to the factor 1; at -1 only the mean is left
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
