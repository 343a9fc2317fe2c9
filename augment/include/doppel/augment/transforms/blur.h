// Blurs. Lengths are pixels of a picture whose short side is 256, and scale with the short side, so that a
// small and a large copy of a picture look alike.
#pragma once

#include "doppel/augment/transform.h"

namespace doppel::augment {

struct GaussianBlur {
  static constexpr std::string_view name = "GaussianBlur";
  static constexpr std::string_view help = "Smooths with a Gaussian.";
  Range sigma{0.5, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The mean along a line, anti-aliased, any angle. `direction` leans it from one-sided (-1, 1) to centred
/// (0); the picture's centroid stays where it is, so that labels stay true.
struct MotionBlur {
  static constexpr std::string_view name = "MotionBlur";
  static constexpr std::string_view help = "Smears along a line, as a moving camera does.";
  Range length{3, 9};
  Range angle{0, 360};
  Range direction{-1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The short side at which blur lengths are pixels.
inline constexpr double kReferenceSide = 256;

}  // namespace doppel::augment
