// Loss of quality by coding.
#pragma once

#include "doppel/augment/transform.h"

namespace doppel::augment {

/// A real JPEG round trip (libjpeg-turbo, 4:2:0). Alpha stays as it is.
struct JpegCompression {
  static constexpr std::string_view name = "JpegCompression";
  static constexpr std::string_view help = "Encodes as JPEG and decodes again.";
  IntRange quality{50, 95};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
