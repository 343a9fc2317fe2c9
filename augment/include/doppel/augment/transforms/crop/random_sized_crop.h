#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts a window of a drawn height and of width = height · ratio, anywhere, and resizes it.
struct RandomSizedCrop {
  static constexpr std::string_view name = "RandomSizedCrop";
  static constexpr std::string_view help = "Cuts a window of a drawn height and resizes it.";
  Range height{0.5, 1};              ///< of the window, share of the image's height
  double ratio = 1;                  ///< width over height; the width ends at the image's
  Size size{0, 0};                   ///< of the result, height and width, pixels; 0: as the image was
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
