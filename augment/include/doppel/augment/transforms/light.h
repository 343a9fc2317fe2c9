// Light and shade.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Light that falls off along a line, from a corner, about a spot, or towards the edges (vignette).
struct Illumination {
  static constexpr std::string_view name = "Illumination";
  static constexpr std::string_view help = "Uneven light.";
  enum class Mode { Linear, Corner, Gaussian, Vignette, Any };
  Mode mode = Mode::Any;
  Range amount{-0.4, 0.4};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Brightness and contrast vary by smooth fractal noise.
struct PlasmaBrightness {
  static constexpr std::string_view name = "PlasmaBrightness";
  static constexpr std::string_view help = "Brightness varies in clouds.";
  Range roughness{0.2, 0.6};
  Range amount{0.1, 0.3};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A light source with glow and rays, and ghosts on the line through the centre.
struct SunFlare {
  static constexpr std::string_view name = "SunFlare";
  static constexpr std::string_view help = "A flare of light.";
  Range x{0.1, 0.9};
  Range y{0, 0.5};
  Range radius{0.06, 0.2};
  Range strength{0.6, 1};
  IntRange rays{0, 8};
  IntRange ghosts{3, 8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Darkens soft-edged convex polygons.
struct Shadow {
  static constexpr std::string_view name = "Shadow";
  static constexpr std::string_view help = "Casts shadows.";
  IntRange count{1, 2};
  Range darkness{0.3, 0.6};
  std::vector<double> region{0, 0, 1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
