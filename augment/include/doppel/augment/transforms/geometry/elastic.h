#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Simard 2003: uniform noise in [-1, 1] for each pixel, smoothed by a Gaussian of `sigma`, times `alpha`;
/// both in pixels of an image whose short side is 256, and scaled with it. Never folds.
struct Elastic {
  static constexpr std::string_view name = "Elastic";
  static constexpr std::string_view help = "Bends the image at random, as rubber.";
  Range alpha{40, 120};                ///< strength, pixels where the short side is 256; 0 changes nothing
  Range sigma{7, 10};                  ///< smoothness, pixels where the short side is 256
  Fill fill{Fill::Kind::Reflect, {}};  ///< what shows beyond the image
  Filter filter = Filter::Bilinear;    ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
