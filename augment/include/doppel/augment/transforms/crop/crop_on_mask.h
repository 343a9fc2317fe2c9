#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts a window of fixed size around a random pixel of the first mask that isn't in `ignore`; anywhere where
/// there is none.
struct CropOnMask {
  static constexpr std::string_view name = "CropOnMask";
  static constexpr std::string_view help = "Cuts a window on the mask.";
  Size size{224, 224};            ///< height and width, pixels; 0: as the image is
  std::vector<double> ignore{0};  ///< mask values that don't count
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
