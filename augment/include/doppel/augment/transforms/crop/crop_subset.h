#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Keeps a random share of the objects whole: a window of drawn aspect around them, at a random place.
struct CropSubset {
  static constexpr std::string_view name = "CropSubset";
  static constexpr std::string_view help = "Cuts around some of the objects.";
  Range share{0.3, 0.8};  ///< of the objects that are kept, at least one
  Range ratio{0.5, 2};    ///< width over height, log-uniform; as near as the objects allow
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
