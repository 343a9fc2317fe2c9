#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws every part, in order.
struct Sequence {
  static constexpr std::string_view name = "Sequence";
  static constexpr std::string_view help = "Applies its parts in order.";
  std::vector<Transform> of;  ///< the parts
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
