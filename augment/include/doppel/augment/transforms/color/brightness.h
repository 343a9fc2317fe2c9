#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = factor · x.
struct Brightness {
  static constexpr std::string_view name = "Brightness";
  static constexpr std::string_view help = "Multiplies all channels by a factor.";
  Range factor{0.8, 1.2};  ///< 1 changes nothing, 0 is black
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
