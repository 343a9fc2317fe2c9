#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// SSD's expansion (Liu 2016): pastes the image at a random place of a canvas of a drawn size, then scales
/// it back.
struct ZoomOut {
  static constexpr std::string_view name = "ZoomOut";
  static constexpr std::string_view help = "Shows the image small on a larger canvas.";
  Range side{1, 3};                  ///< of the canvas over the image's, at least 1
  Fill fill{};                       ///< what the canvas shows around the image
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
