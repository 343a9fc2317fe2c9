#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// RandomResizedCrop that keeps at least `keep` of the area of every object: of each box, else of each mask's
/// foreground, else of the most salient region (spectral residual; Hou and Zhang 2007). Always succeeds: the
/// window is drawn from the feasible places only, and grows where there are none.
struct ObjectSafeCrop {
  static constexpr std::string_view name = "ObjectSafeCrop";
  static constexpr std::string_view help = "Cuts out a random window that keeps every object.";
  Size size{0, 0};                   ///< of the result, height and width, pixels; 0: as the image was
  double keep = 1;                   ///< share of each object's area that must stay, 0 to 1
  Range scale{0.2, 1};               ///< share of the image's area, where the objects allow it
  Range ratio{3.0 / 4, 4.0 / 3};     ///< width over height, log-uniform, where the objects allow it
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
