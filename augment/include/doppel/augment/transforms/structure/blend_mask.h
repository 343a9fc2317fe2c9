#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws its parts, but shows them only through a mask: smooth noise, a gradient, a checker, the boxes of the
/// sample, or those of one class. Meant for changes of pixels: what a geometric part moves is blended in, and
/// targets stay.
struct BlendMask {
  static constexpr std::string_view name = "BlendMask";
  static constexpr std::string_view help = "Applies its parts in part of the image.";
  /// Where the parts show; Class: in the boxes of class `label`.
  enum class Mask { Noise, Gradient, Checker, Boxes, Class };
  std::vector<Transform> what;  ///< the parts; "do" in recipes
  Mask mask = Mask::Noise;      ///< where they show
  double scale = 0.2;           ///< of the short side: patches of noise, squares of the checker
  int label = 0;                ///< for Class
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
