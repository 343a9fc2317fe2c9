#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One of the two, alike.
struct MixUpOrCutMix {
  static constexpr std::string_view name = "MixUpOrCutMix";
  static constexpr std::string_view help = "MixUp or CutMix.";
  double mixup_alpha = 0.2;  ///< MixUp's alpha
  double cutmix_alpha = 1;   ///< CutMix's alpha
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
