#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// (x - mean) / deviation, each channel by the image's own; must come last.
struct Standardize {
  static constexpr std::string_view name = "Standardize";
  static constexpr std::string_view help = "Gives each image mean 0 and deviation 1.";
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
