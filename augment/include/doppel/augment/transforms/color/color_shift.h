#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds one offset to each channel, in shares of the full range. A grey image takes the offset of r.
struct ColorShift {
  static constexpr std::string_view name = "ColorShift";
  static constexpr std::string_view help = "Adds an offset to each colour channel.";
  Range r{-0.08, 0.08};  ///< added to red, and to grey
  Range g{-0.08, 0.08};  ///< added to green
  Range b{-0.08, 0.08};  ///< added to blue
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
