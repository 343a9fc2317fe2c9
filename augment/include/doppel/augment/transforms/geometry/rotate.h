#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Turns about the centre, counter-clockwise for positive angles. `expand` grows the image to hold all of
/// it; `valid_only` cuts the largest centred upright rectangle that shows no border.
struct Rotate {
  static constexpr std::string_view name = "Rotate";
  static constexpr std::string_view help = "Turns the image about its centre.";
  Range angle{-30, 30};              ///< degrees, counter-clockwise
  bool expand = false;               ///< grow the image to hold all of it; not with valid_only
  bool valid_only = false;           ///< cut to the largest rectangle without border
  Fill fill{};                       ///< what shows beyond the image
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated: nearest, bilinear or bicubic
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
