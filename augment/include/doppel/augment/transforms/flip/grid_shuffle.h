#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts the image into grid tiles and permutes those of equal size. A keypoint goes with its tile; a box
/// becomes one box per piece.
struct GridShuffle {
  static constexpr std::string_view name = "GridShuffle";
  static constexpr std::string_view help = "Permutes tiles.";
  Size grid{3, 3};  ///< rows and columns
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
