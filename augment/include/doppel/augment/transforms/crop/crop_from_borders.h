#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts a drawn share off each side; at least a pixel stays.
struct CropFromBorders {
  static constexpr std::string_view name = "CropFromBorders";
  static constexpr std::string_view help = "Cuts some off each side.";
  Range left{0, 0.1};    ///< share of the width, below one half
  Range right{0, 0.1};   ///< share of the width, below one half
  Range top{0, 0.1};     ///< share of the height, below one half
  Range bottom{0, 0.1};  ///< share of the height, below one half
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
