#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Encodes as JPEG and decodes again.
struct JpegCompression {
  static constexpr std::string_view name = "JpegCompression";
  static constexpr std::string_view help = "JPEG's artefacts.";
  IntRange quality{50, 95};  ///< 1 to 100, libjpeg's
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
