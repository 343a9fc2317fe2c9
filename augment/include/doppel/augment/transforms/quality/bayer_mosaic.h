#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// What a sensor's colour filters see, joined again bilinearly.
struct BayerMosaic {
  static constexpr std::string_view name = "BayerMosaic";
  static constexpr std::string_view help = "A sensor's colour mosaic.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
