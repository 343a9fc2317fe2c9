// Light and shade over the image.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/ops/kind.h"
#include "doppel/base/fields.h"
#include "doppel/base/matrix.h"

namespace doppel::augment::op {

/// Multiplies by 1 + amount · f: linear rises from -1 to 1 along `angle`, corner from the corner that `angle`
/// points to, gaussian is a spot at (x, y) of `radius` half diagonals, vignette darkens away from it.
struct Light {
  static constexpr std::string_view name = "Light";
  static constexpr OpKind kind = OpKind::Pixel;
  /// Linear and Corner go by `angle`, Gaussian and Vignette by the centre and `radius`.
  enum class Mode { Linear, Corner, Gaussian, Vignette };
  Mode mode = Mode::Linear;  ///< shape
  double amount = 0;         ///< factor of f, -1 to 4
  double angle = 0;          ///< degrees
  double x = 0.5;            ///< centre, of the width
  double y = 0.5;            ///< centre, of the height
  double radius = 0.5;       ///< half diagonals
  void fields(FieldVisitor& visit);
  friend bool operator==(const Light&, const Light&) = default;
};

/// Smooth fractal noise n in [-1, 1]: x · (1 + contrast · n) + brightness · n.
struct Plasma {
  static constexpr std::string_view name = "Plasma";
  static constexpr OpKind kind = OpKind::Pixel;
  double brightness = 0;   ///< of the full range
  double contrast = 0;     ///< share of x that n adds or takes, -1 to 1
  double roughness = 0.5;  ///< how much finer octaves weigh
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Plasma&, const Plasma&) = default;
};

/// Darkens a convex polygon with soft edges: x · (1 - darkness · m), slightly less in blue.
struct Shadow {
  static constexpr std::string_view name = "Shadow";
  static constexpr OpKind kind = OpKind::Pixel;
  std::vector<double> points{};  ///< x, y of each corner
  double darkness = 0;           ///< share of the light that is taken, 0 to 1
  double softness = 0.01;        ///< of the short side
  void fields(FieldVisitor& visit);
  friend bool operator==(const Shadow&, const Shadow&) = default;
};

/// A light source at (x, y): glow 1 / (1 + (r/radius)²)² with rays, and ghosts on the line through the
/// centre; screen blend.
struct Flare {
  static constexpr std::string_view name = "Flare";
  static constexpr OpKind kind = OpKind::Pixel;
  double x = 0.3;                              ///< of the width
  double y = 0.2;                              ///< of the height
  double radius = 0.1;                         ///< of the short side
  double strength = 1;                         ///< of glow and ghosts, 0 to 1
  int rays = 0;                                ///< spikes around the light, 0 to 64
  int ghosts = 0;                              ///< how many, 0 to 64
  std::array<double, 3> color{1, 0.95, 0.85};  ///< of the light
  std::uint64_t seed = 0;                      ///< of the rays' turn and of the ghosts
  void fields(FieldVisitor& visit);
  friend bool operator==(const Flare&, const Flare&) = default;
};

/// White clouds where smooth fractal noise is above 1 - amount.
struct Clouds {
  static constexpr std::string_view name = "Clouds";
  static constexpr OpKind kind = OpKind::Pixel;
  double amount = 0;   ///< share of the image under clouds, about, 0 to 1
  double scale = 0.3;  ///< size of a cloud, of the short side
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Clouds&, const Clouds&) = default;
};

}  // namespace doppel::augment::op
