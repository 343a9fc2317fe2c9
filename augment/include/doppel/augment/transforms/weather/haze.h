#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// An even veil: fog whose depth is the same everywhere.
struct Haze {
  static constexpr std::string_view name = "Haze";
  static constexpr std::string_view help = "An even veil.";
  Range density{0.2, 0.8};  ///< optical depth; 0 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
