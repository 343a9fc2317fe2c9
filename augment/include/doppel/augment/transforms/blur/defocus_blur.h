#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Mean over a disc, as a lens out of focus.
struct DefocusBlur {
  static constexpr std::string_view name = "DefocusBlur";
  static constexpr std::string_view help = "Out of focus.";
  Range radius{1, 4};     ///< of the disc, pixels; 0 changes nothing
  Range alias{0.1, 0.5};  ///< deviation of the Gaussian that softens the disc's edge, pixels
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
