#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Encodes as lossy WebP and decodes again.
struct WebpCompression {
  static constexpr std::string_view name = "WebpCompression";
  static constexpr std::string_view help = "WebP's artefacts.";
  IntRange quality{30, 90};  ///< 1 to 100, libwebp's
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
