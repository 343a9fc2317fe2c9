#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales x and y apart, about the centre.
struct Squeeze {
  static constexpr std::string_view name = "Squeeze";
  static constexpr std::string_view help = "Stretches or squeezes width and height apart.";
  Range x{0.7, 1.3};                 ///< factor of the width
  Range y{0.7, 1.3};                 ///< factor of the height
  Fill fill{};                       ///< what shows beyond the image
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated: nearest, bilinear or bicubic
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
