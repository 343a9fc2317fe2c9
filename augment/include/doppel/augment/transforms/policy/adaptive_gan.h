#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The augmentations of ADA (Karras 2020) for a discriminator, each with chance `strength`: flips, quarter
/// turns, whole translations, scale, rotation, stretch, brightness, contrast, hue, saturation; its luma flip,
/// which turns light figures dark, is left out.
struct AdaptiveGan {
  static constexpr std::string_view name = "AdaptiveGan";
  static constexpr std::string_view help = "ADA's set, for GANs.";
  double strength = 0.5;  ///< each part's chance, 0 to 1
  bool flips = true;      ///< mirror and quarter turns, too; the latter of square images only
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
