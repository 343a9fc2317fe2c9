#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Stretches each channel to the full range.
struct AutoContrast {
  static constexpr std::string_view name = "AutoContrast";
  static constexpr std::string_view help = "Stretches each channel.";
  Range cutoff{0, 0};  ///< share of the pixels cut at each end, below one half
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
