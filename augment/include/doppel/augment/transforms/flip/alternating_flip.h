#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Mirrors every sample in every other epoch: half of them in the even ones, the others in the odd ones. Over
/// two epochs each is seen both ways, where chance would show a quarter twice the same (Jordan 2024).
struct AlternatingFlip {
  static constexpr std::string_view name = "AlternatingFlip";
  static constexpr std::string_view help = "Mirrors left and right in every other epoch.";
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
