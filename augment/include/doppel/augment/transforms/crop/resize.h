#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales the whole image to `size`, whatever its aspect.
struct Resize {
  static constexpr std::string_view name = "Resize";
  static constexpr std::string_view help = "Scales the image to a size.";
  Size size{224, 224};               ///< height and width, pixels
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
