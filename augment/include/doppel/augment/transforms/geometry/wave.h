#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Shifts rows across a direction by a sine.
struct Wave {
  static constexpr std::string_view name = "Wave";
  static constexpr std::string_view help = "Ripples the image.";
  Range amplitude{0.01, 0.03};         ///< of the shift, share of the short side; 0 changes nothing
  Range wavelength{0.15, 0.4};         ///< crest to crest, share of the short side; at least a pixel
  Range direction{0, 360};             ///< of travel, degrees counter-clockwise from the right
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
