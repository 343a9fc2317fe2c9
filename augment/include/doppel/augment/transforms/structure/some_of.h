#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws `n` parts: distinct ones, in their order; with `replace`, any ones in the order they were drawn.
struct SomeOf {
  static constexpr std::string_view name = "SomeOf";
  static constexpr std::string_view help = "Applies n of its parts.";
  std::vector<Transform> of;  ///< the parts
  IntRange n{1, 2};           ///< how many; without `replace` at most all
  bool replace = false;       ///< a part may be drawn more than once
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
