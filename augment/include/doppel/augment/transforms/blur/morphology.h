#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Dilates or erodes by a disc.
struct Morphology {
  static constexpr std::string_view name = "Morphology";
  static constexpr std::string_view help = "Thickens or thins what is light.";
  enum class Mode { Dilate, Erode, Any };
  Mode mode = Mode::Any;
  Range radius{1, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
