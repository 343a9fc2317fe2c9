// Blurs. Borders are reflected.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Gaussian blur; sigma in pixels.
struct GaussianBlur {
  static constexpr std::string_view name = "GaussianBlur";
  static constexpr std::string_view help = "Blurs evenly.";
  Range sigma{0.5, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Mean of a square.
struct BoxBlur {
  static constexpr std::string_view name = "BoxBlur";
  static constexpr std::string_view help = "Averages squares.";
  IntRange size{3, 7};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Median of a square, each channel apart.
struct MedianBlur {
  static constexpr std::string_view name = "MedianBlur";
  static constexpr std::string_view help = "Takes medians.";
  IntRange size{3, 5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Mean along a line, anti-aliased and centred on its own weight, so that labels stay true. `direction` leans
/// the weights to one end.
struct MotionBlur {
  static constexpr std::string_view name = "MotionBlur";
  static constexpr std::string_view help = "Blurs along a line.";
  Range length{3, 9};
  Range angle{0, 360};
  Range direction{-1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Mean over a disc, as a lens out of focus.
struct DefocusBlur {
  static constexpr std::string_view name = "DefocusBlur";
  static constexpr std::string_view help = "Out of focus.";
  Range radius{1, 4};
  Range alias{0.1, 0.5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Mean of zooms about a point.
struct ZoomBlur {
  static constexpr std::string_view name = "ZoomBlur";
  static constexpr std::string_view help = "Blurs outwards from a point.";
  Range factor{1.02, 1.12};
  Range centre{0.4, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// As through frosted glass: every pixel from a random place nearby, between two Gaussians.
struct GlassBlur {
  static constexpr std::string_view name = "GlassBlur";
  static constexpr std::string_view help = "As through frosted glass.";
  Range sigma{0.5, 0.9};
  IntRange max_shift{1, 3};
  IntRange iterations{1, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Every pixel from a random place nearby.
struct PixelSpread {
  static constexpr std::string_view name = "PixelSpread";
  static constexpr std::string_view help = "Scatters pixels.";
  IntRange radius{1, 3};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A Gaussian wider in one direction.
struct AnisotropicBlur {
  static constexpr std::string_view name = "AnisotropicBlur";
  static constexpr std::string_view help = "Blurs more one way than the other.";
  Range sigma_x{1, 3};
  Range sigma_y{0.3, 1};
  Range angle{0, 180};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
