#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts a window of fixed size that holds at least `keep` of one random object's box, wherever that is
/// possible. A smaller image stays as it is along that side.
struct CropAtLeastOne {
  static constexpr std::string_view name = "CropAtLeastOne";
  static constexpr std::string_view help = "Cuts a window that holds an object.";
  Size size{224, 224};  ///< height and width, pixels; 0: as the image is
  double keep = 1;      ///< share of the box's width and of its height, 0 to 1
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
