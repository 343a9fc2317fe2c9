#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws all its parts, or none.
struct Maybe {
  static constexpr std::string_view name = "Maybe";
  static constexpr std::string_view help = "Applies all its parts, or none.";
  std::vector<Transform> what;  ///< the parts; "do" in recipes
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
