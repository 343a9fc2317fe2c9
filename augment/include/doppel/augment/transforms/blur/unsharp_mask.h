#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x + amount·(x - Gaussian) where the difference is above the threshold.
struct UnsharpMask {
  static constexpr std::string_view name = "UnsharpMask";
  static constexpr std::string_view help = "Sharpens edges above a threshold.";
  Range sigma{0.8, 2};      ///< of the Gaussian, pixels
  Range amount{0.3, 1};     ///< times the difference that is added
  double threshold = 0.04;  ///< of the difference, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
