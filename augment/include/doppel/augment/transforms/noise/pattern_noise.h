#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds a regular pattern: stripes, square stripes, checker, moiré, or banding of rows.
struct PatternNoise {
  static constexpr std::string_view name = "PatternNoise";
  static constexpr std::string_view help = "Adds stripes, checkers, moiré or banding.";
  /// The pattern; Any: one of the others, all alike.
  enum class Kind { Stripes, Square, Checker, Moire, Banding, Any };
  Kind pattern = Kind::Any;     ///< which of them
  Range amplitude{0.02, 0.08};  ///< share of the full range; of banding the deviation
  Range period{0.01, 0.06};     ///< share of the short side, at least 2 pixels; of banding a band's height
  Range angle{0, 180};  ///< degrees counter-clockwise from the right, across the stripes; unused by banding
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
