#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws all its parts several times, each time with draws of its own.
struct Repeat {
  static constexpr std::string_view name = "Repeat";
  static constexpr std::string_view help = "Applies its parts several times.";
  std::vector<Transform> what;  ///< the parts; "do" in recipes
  IntRange times{2, 2};         ///< how often, 0 to 100
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
