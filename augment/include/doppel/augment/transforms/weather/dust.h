#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A yellowish veil with dark specks.
struct Dust {
  static constexpr std::string_view name = "Dust";
  static constexpr std::string_view help = "Dust in the air.";
  Range amount{0.2, 0.8};  ///< optical depth of the veil, 0 to 1; the specks' number follows
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
