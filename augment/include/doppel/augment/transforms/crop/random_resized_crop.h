#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A window of `scale` of the area and an aspect (width over height) drawn evenly in its logarithm from
/// `ratio`, resized to `size`: Inception's training crop (Szegedy et al. 2015, section 6). After 10 misses
/// the largest centred window whose aspect is in range.
struct RandomResizedCrop {
  static constexpr std::string_view name = "RandomResizedCrop";
  static constexpr std::string_view help = "Cuts out a window of random area and aspect, and resizes it.";
  Size size{0, 0};                   ///< of the result, height and width, pixels; 0: as the image was
  Range scale{0.08, 1};              ///< share of the image's area
  Range ratio{3.0 / 4, 4.0 / 3};     ///< width over height, log-uniform
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
