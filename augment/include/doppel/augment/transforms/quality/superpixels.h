#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Patches of near colour; a share of them shows its mean.
struct Superpixels {
  static constexpr std::string_view name = "Superpixels";
  static constexpr std::string_view help = "Flattens patches.";
  IntRange count{80, 200};  ///< patches, about
  Range share{0.1, 0.6};    ///< of them that are flattened, by chance each
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
