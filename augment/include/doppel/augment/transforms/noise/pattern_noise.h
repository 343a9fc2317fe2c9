#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds a regular pattern: stripes, square stripes, checker, moiré, or banding of rows.
struct PatternNoise {
  static constexpr std::string_view name = "PatternNoise";
  static constexpr std::string_view help = "Adds stripes, checkers, moiré or banding.";
  enum class Kind { Stripes, Square, Checker, Moire, Banding, Any };
  Kind pattern = Kind::Any;
  Range amplitude{0.02, 0.08};
  Range period{0.01, 0.06};
  Range angle{0, 180};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
