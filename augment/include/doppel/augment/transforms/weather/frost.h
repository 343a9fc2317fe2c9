#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Ice crystals grown from the edges, by ImageNet-C's shares of image and frost.
struct Frost {
  static constexpr std::string_view name = "Frost";
  static constexpr std::string_view help = "Ice on the lens.";
  Range amount{0.3, 0.8};  ///< 0 to 1; 0 changes nothing
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
