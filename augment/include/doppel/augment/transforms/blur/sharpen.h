#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// (1 - amount)·x + amount·(x + lightness·(8·x - its eight neighbours)): flat areas keep their value.
struct Sharpen {
  static constexpr std::string_view name = "Sharpen";
  static constexpr std::string_view help = "Sharpens.";
  Range amount{0.2, 0.5};     ///< share of the sharpened image, 0 to 1; 0 changes nothing
  Range lightness{0.3, 0.8};  ///< strength of the filter; 0 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
