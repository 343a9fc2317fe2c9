#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One normal offset for each row (and column).
struct RowNoise {
  static constexpr std::string_view name = "RowNoise";
  static constexpr std::string_view help = "Sensor lines.";
  Range std{0.01, 0.05};  ///< standard deviation of the rows' offsets, share of the full range
  Range columns{0, 0};    ///< that of the columns'; 0: none
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
