#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Keeps a random share of the objects whole: a window of drawn aspect around them, at a random place.
struct CropSubset {
  static constexpr std::string_view name = "CropSubset";
  static constexpr std::string_view help = "Cuts around some of the objects.";
  Range share{0.3, 0.8};
  Range ratio{0.5, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
