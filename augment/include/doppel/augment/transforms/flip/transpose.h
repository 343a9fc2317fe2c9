#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Swaps x and y: mirrors at the diagonal; height and width change places.
struct Transpose {
  static constexpr std::string_view name = "Transpose";
  static constexpr std::string_view help = "Mirrors at the diagonal.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
