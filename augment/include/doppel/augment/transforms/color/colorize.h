#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Luma through a ramp of three drawn colours: dark, middle, light.
struct Colorize {
  static constexpr std::string_view name = "Colorize";
  static constexpr std::string_view help = "Recolours by brightness.";
  Range share{0.5, 1};  ///< of the ramp in the result, 0 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
