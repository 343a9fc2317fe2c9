#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales to fit `size`, times a drawn factor (large-scale jittering; Ghiasi 2021).
struct ScaleJitter {
  static constexpr std::string_view name = "ScaleJitter";
  static constexpr std::string_view help = "Scales widely about a size.";
  Size size{0, 0};                   ///< height and width, pixels; 0: as the image is
  Range scale{0.5, 1.5};             ///< factor of the scale that fits
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
