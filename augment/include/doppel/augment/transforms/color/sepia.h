#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The usual brown tint, blended in by `share`.
struct Sepia {
  static constexpr std::string_view name = "Sepia";
  static constexpr std::string_view help = "Tints brown.";
  Range share{1, 1};  ///< of the tint, 0 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
