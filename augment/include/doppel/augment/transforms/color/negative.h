#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = 1 - x.
struct Negative {
  static constexpr std::string_view name = "Negative";
  static constexpr std::string_view help = "Inverts all values.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
