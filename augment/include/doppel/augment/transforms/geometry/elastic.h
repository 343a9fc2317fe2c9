#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Simard 2003: uniform noise in [-1, 1] for each pixel, smoothed by a Gaussian of `sigma`, times `alpha`;
/// both in pixels of a picture whose short side is 256, and scaled with it. Never folds.
struct Elastic {
  static constexpr std::string_view name = "Elastic";
  static constexpr std::string_view help = "Bends the picture at random, as rubber.";
  Range alpha{40, 120};
  Range sigma{7, 10};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
