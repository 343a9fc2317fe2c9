#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = W - x for pixels, boxes and keypoints alike.
struct HorizontalFlip {
  static constexpr std::string_view name = "HorizontalFlip";
  static constexpr std::string_view help = "Mirrors left and right.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
