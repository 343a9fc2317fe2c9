#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts the middle; a smaller image stays as it is along that side.
struct CenterCrop {
  static constexpr std::string_view name = "CenterCrop";
  static constexpr std::string_view help = "Cuts the middle.";
  Size size{0, 0};  ///< height and width, pixels; 0: as the image is
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
