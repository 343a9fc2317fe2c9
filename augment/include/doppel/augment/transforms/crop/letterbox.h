#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales to fit and pads to exactly `size`.
struct Letterbox {
  static constexpr std::string_view name = "Letterbox";
  static constexpr std::string_view help = "Fits into a size with bars.";
  Size size{256, 256};               ///< height and width, pixels
  Fill fill{};                       ///< what the bars show
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
