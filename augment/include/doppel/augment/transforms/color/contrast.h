#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = factor · x + (1 - factor) · mean luma.
struct Contrast {
  static constexpr std::string_view name = "Contrast";
  static constexpr std::string_view help = "Spreads values about the image's mean grey.";
  Range factor{0.8, 1.2};  ///< 0 is the mean grey, 1 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
