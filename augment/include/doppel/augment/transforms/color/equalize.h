#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Flattens each channel's histogram.
struct Equalize {
  static constexpr std::string_view name = "Equalize";
  static constexpr std::string_view help = "Equalises the histogram.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
