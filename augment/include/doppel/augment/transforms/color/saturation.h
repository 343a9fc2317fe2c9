#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// colour' = factor · colour + (1 - factor) · luma (Rec. 601). Leaves grey images as they are.
struct Saturation {
  static constexpr std::string_view name = "Saturation";
  static constexpr std::string_view help = "Blends each pixel with its own grey.";
  Range factor{0.6, 1.4};  ///< 0 is grey, 1 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
