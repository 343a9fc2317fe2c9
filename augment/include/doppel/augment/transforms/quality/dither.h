#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Few tones, mixed by an ordered pattern.
struct Dither {
  static constexpr std::string_view name = "Dither";
  static constexpr std::string_view help = "Dithers to few tones.";
  IntRange bits{1, 3};  ///< kept in each channel, 1 to 8
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
