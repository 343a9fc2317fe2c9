// Transforms whose results jump.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace doppel::augment {

/// Ops with steps in them (thresholds, ranks, counts) turn a difference of one level into a large one at
/// single pixels.
inline bool has_steps(std::string_view name) {
  constexpr std::array<std::string_view, 30> kStepped{
      "Posterize",       "Solarize",    "SolarizeAdd",    "Equalize",       "AutoContrast", "Clahe",
      "HistogramMatch",  "ShotNoise",   "Superpixels",    "Halftone",       "Dither",       "JpegCompression",
      "WebpCompression", "AutoAugment", "RandAugment",    "TrivialAugment", "AugMix",       "ThreeAugment",
      "Corruption",      "Snow",        "ObjectSafeCrop", "LowLight",       "IsoNoise",     "Ringing",
      "Standardize",     "Normalize",   "Emboss",         "UnsharpMask",    "AdaptiveGan",  "ContrastCurve"};
  return std::ranges::find(kStepped, name) != kStepped.end();
}

}  // namespace doppel::augment
