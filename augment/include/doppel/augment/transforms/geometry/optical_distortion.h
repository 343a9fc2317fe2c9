#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A lens's radial distortion: r·(1 + k·r²) with r in half diagonals, or a fisheye's.
struct OpticalDistortion {
  static constexpr std::string_view name = "OpticalDistortion";
  static constexpr std::string_view help = "Distorts as a lens does.";
  Range k{-0.3, 0.3};                               ///< positive pulls the edges in, -0.9 to 2
  op::Lens::Model model = op::Lens::Model::Radial;  ///< how the radius grows, see op::Lens
  Fill fill{Fill::Kind::Reflect, {}};               ///< what shows beyond the image
  Filter filter = Filter::Bilinear;                 ///< how pixels are interpolated
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
