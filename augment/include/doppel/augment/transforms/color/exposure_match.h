#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Multiplies so that the mean luma becomes a drawn value; the gain is held within [0.5, 3].
struct ExposureMatch {
  static constexpr std::string_view name = "ExposureMatch";
  static constexpr std::string_view help = "Brings the image to a drawn brightness.";
  Range mean{0.2, 0.6};  ///< luma wanted, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
