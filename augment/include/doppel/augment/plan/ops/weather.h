// Weather. Lengths scale with the short side.
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

/// Rain streaks in three depth layers, over an image slightly dimmed and flattened; see weather.h.
struct Rain {
  static constexpr std::string_view name = "Rain";
  static constexpr OpKind kind = OpKind::Pixel;
  double amount = 0;       ///< [0, 1]
  double angle = 0;        ///< degrees from the vertical
  double length = 1;       ///< times the usual streak length
  double width = 1;        ///< times the usual streak width
  double dim = 1;          ///< times the usual dimming
  std::uint64_t seed = 0;  ///< names the streaks
  void fields(FieldVisitor& visit);
  friend bool operator==(const Rain&, const Rain&) = default;
};

/// Flakes that fall, in three depth layers.
struct SnowFall {
  static constexpr std::string_view name = "SnowFall";
  static constexpr OpKind kind = OpKind::Pixel;
  double amount = 0;       ///< of flakes, [0, 1]
  double wind = 0;         ///< degrees from the vertical
  std::uint64_t seed = 0;  ///< names the flakes
  void fields(FieldVisitor& visit);
  friend bool operator==(const SnowFall&, const SnowFall&) = default;
};

/// Snow that lies: light surfaces that face up become white (in HLS).
struct SnowSettle {
  static constexpr std::string_view name = "SnowSettle";
  static constexpr OpKind kind = OpKind::Whole;
  double amount = 0;  ///< of snow, [0, 1]
  void fields(FieldVisitor& visit);
  friend bool operator==(const SnowSettle&, const SnowSettle&) = default;
};

/// x' = x·t + airlight·(1 - t), t = exp(-density · depth · (1 + patchiness·(2n - 1))): Koschmieder's law;
/// depth falls from 1 at the horizon (share of the height) to 0.15 at the bottom edge, n is smooth 1/f noise
/// in [0, 1]. A horizon below 0: depth 1 everywhere (haze).
struct Fog {
  static constexpr std::string_view name = "Fog";
  static constexpr OpKind kind = OpKind::Pixel;
  double density = 0;     ///< optical depth at the horizon
  double patchiness = 0;  ///< how far the density varies, [0, 1]
  double horizon = 0.35;  ///< of the height, from the top; below 0: depth 1 everywhere
  std::array<double, 3> airlight{0.85, 0.85, 0.85};  ///< the fog's colour, of the full range
  std::uint64_t seed = 0;                            ///< names the patches
  void fields(FieldVisitor& visit);
  friend bool operator==(const Fog&, const Fog&) = default;
};

/// Small soft dots of `color`, `count` per square of the short side, radius log-uniform in [least, most].
struct Specks {
  static constexpr std::string_view name = "Specks";
  static constexpr OpKind kind = OpKind::Pixel;
  double count = 0;                              ///< per square of the short side
  double least = 0.001;                          ///< radius, of the short side
  double most = 0.004;                           ///< radius, of the short side
  double opacity = 0.8;                          ///< [0, 1]; specks below half a pixel are paler
  std::array<double, 3> color{0.2, 0.17, 0.12};  ///< of a speck
  std::uint64_t seed = 0;                        ///< names the specks
  void fields(FieldVisitor& visit);
  friend bool operator==(const Specks&, const Specks&) = default;
};

/// Drops on the lens where smooth noise of `size` is above the share `amount`; rain refracts as pale rims,
/// mud is opaque.
struct Spatter {
  static constexpr std::string_view name = "Spatter";
  static constexpr OpKind kind = OpKind::Pixel;
  /// Rain: pale drops with rims that catch the light. Mud: brown ones.
  enum class Mode { Rain, Mud };
  Mode mode = Mode::Rain;  ///< what hit the lens
  double amount = 0;       ///< share covered
  double size = 0.02;      ///< of a drop, of the short side
  double opacity = 0.6;    ///< of mud, [0, 1]; rain has about a third of it
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Spatter&, const Spatter&) = default;
};

/// Ridged noise along three directions, grown from the edges: a · x + b · frost.
struct Frost {
  static constexpr std::string_view name = "Frost";
  static constexpr OpKind kind = OpKind::Pixel;
  double a = 1;  ///< of the image
  double b = 0;  ///< of the frost
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Frost&, const Frost&) = default;
};

/// Stones (ellipses of .004 to .015 of the short side, lit from the upper left) within discs {x, y, radius}
/// in pixels.
struct Gravel {
  static constexpr std::string_view name = "Gravel";
  static constexpr OpKind kind = OpKind::Pixel;
  std::vector<double> patches{};  ///< x, y, radius of each
  std::uint64_t seed = 0;         ///< names the stones
  void fields(FieldVisitor& visit);
  friend bool operator==(const Gravel&, const Gravel&) = default;
};

/// The fog of ImageNet-C (Hendrycks 2019): (x + strength · plasma) · max / (max + strength), plasma by
/// diamond-square with `decay` a level.
struct PlasmaFog {
  static constexpr std::string_view name = "PlasmaFog";
  static constexpr OpKind kind = OpKind::Pixel;
  double strength = 0;     ///< of the plasma, of the full range, 0 to 10
  double decay = 2;        ///< divides the wiggle at each level, 1.01 to 10; amplitudes go by its square
  std::uint64_t seed = 0;  ///< names the plasma
  void fields(FieldVisitor& visit);
  friend bool operator==(const PlasmaFog&, const PlasmaFog&) = default;
};

}  // namespace doppel::augment::op
