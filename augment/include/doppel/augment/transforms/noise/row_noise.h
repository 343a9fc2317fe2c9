#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One normal offset for each row (and column).
struct RowNoise {
  static constexpr std::string_view name = "RowNoise";
  static constexpr std::string_view help = "Sensor lines.";
  Range std{0.01, 0.05};
  Range columns{0, 0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
