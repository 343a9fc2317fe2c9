#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds to values below the threshold.
struct SolarizeAdd {
  static constexpr std::string_view name = "SolarizeAdd";
  static constexpr std::string_view help = "Lightens what is dark.";
  Range amount{0, 0.43};      ///< added, share of the full range
  Range threshold{0.5, 0.5};  ///< share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
