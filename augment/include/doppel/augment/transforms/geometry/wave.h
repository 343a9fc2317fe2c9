#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Shifts rows across a direction by a sine.
struct Wave {
  static constexpr std::string_view name = "Wave";
  static constexpr std::string_view help = "Ripples the picture.";
  Range amplitude{0.01, 0.03};
  Range wavelength{0.15, 0.4};
  Range direction{0, 360};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
