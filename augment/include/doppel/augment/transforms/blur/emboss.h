#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Light from the upper left on a relief, blended in.
struct Emboss {
  static constexpr std::string_view name = "Emboss";
  static constexpr std::string_view help = "Embosses.";
  Range amount{0.2, 0.6};  ///< share of the relief, 0 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
