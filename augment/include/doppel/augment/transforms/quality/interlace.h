#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Odd rows lag behind.
struct Interlace {
  static constexpr std::string_view name = "Interlace";
  static constexpr std::string_view help = "Tears odd and even rows apart.";
  Range shift{0.005, 0.03};  ///< of the odd rows, to either side, share of the width
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
