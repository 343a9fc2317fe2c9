#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds to values below the threshold.
struct SolarizeAdd {
  static constexpr std::string_view name = "SolarizeAdd";
  static constexpr std::string_view help = "Lightens what is dark.";
  Range amount{0, 0.43};
  Range threshold{0.5, 0.5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
