#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = x^gamma.
struct Gamma {
  static constexpr std::string_view name = "Gamma";
  static constexpr std::string_view help = "Raises values to a power.";
  Range gamma{0.8, 1.25};  ///< log-uniform; below 1 brightens
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
