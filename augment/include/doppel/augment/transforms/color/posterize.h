#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Keeps the top bits of each 8-bit channel.
struct Posterize {
  static constexpr std::string_view name = "Posterize";
  static constexpr std::string_view help = "Reduces the number of tones.";
  IntRange bits{4, 4};  ///< kept, 1 to 8
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
