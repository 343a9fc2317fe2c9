#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// White clouds of smooth fractal noise.
struct Clouds {
  static constexpr std::string_view name = "Clouds";
  static constexpr std::string_view help = "Clouds.";
  Range amount{0.2, 0.6};  ///< share of the image covered, 0 to 1
  Range scale{0.3, 0.6};   ///< of a cloud, share of the short side
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
