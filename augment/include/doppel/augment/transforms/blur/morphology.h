#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Dilates or erodes by a disc.
struct Morphology {
  static constexpr std::string_view name = "Morphology";
  static constexpr std::string_view help = "Thickens or thins what is light.";
  /// Largest value of the disc, smallest, or either by an even chance.
  enum class Mode { Dilate, Erode, Any };
  Mode mode = Mode::Any;  ///< which of them
  Range radius{1, 2};     ///< of the disc, pixels; 0 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
