// Bends: maps of the plane that are not projective. Each reads output places from source places and can be
// composed.
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

/// Simard 2003: uniform noise in [-1, 1] per pixel, smoothed by a Gaussian of `sigma` pixels, times `alpha`
/// pixels. Made on a lattice of half a sigma with the same variance; scaled down where it would fold.
struct Elastic {
  static constexpr std::string_view name = "Elastic";
  static constexpr OpKind kind = OpKind::Geometry;
  double alpha = 0;  ///< strength, pixels
  double sigma = 1;  ///< smoothness, pixels
  std::uint64_t seed = 0;
  Fill fill;                         ///< what shows beyond the source
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Elastic&, const Elastic&) = default;
};

/// A grid of rows x cols nodes over the image, each reading from (dx, dy) pixels away; between them
/// bilinear, straight in two triangles a cell, or a thin-plate spline through all.
struct Mesh {
  static constexpr std::string_view name = "Mesh";
  static constexpr OpKind kind = OpKind::Geometry;
  /// How displacements go from node to node: see Mesh.
  enum class Between { Bilinear, Triangles, Spline };
  int rows = 2;                         ///< of nodes
  int cols = 2;                         ///< of nodes
  std::vector<double> dx{};             ///< row by row
  std::vector<double> dy{};             ///< row by row
  Between between = Between::Bilinear;  ///< how nodes are joined
  Fill fill;                            ///< what shows beyond the source
  Filter filter = Filter::Bilinear;     ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Mesh&, const Mesh&) = default;
};

/// Radial distortion about the centre, r in half diagonals. Radial: source r(1 + k·r²); Fisheye: source r·(1
/// + k·r) / (1 + k).
struct Lens {
  static constexpr std::string_view name = "Lens";
  static constexpr OpKind kind = OpKind::Geometry;
  /// How the source radius grows with r: see Lens.
  enum class Model { Radial, Fisheye };
  double k = 0;                      ///< positive pulls the edges in
  Model model = Model::Radial;       ///< how the source radius grows
  Fill fill;                         ///< what shows beyond the source
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Lens&, const Lens&) = default;
};

/// Turns about (x, y) by `angle`, which fades to nothing at `radius`: angle·(1 - r/radius)².
struct Swirl {
  static constexpr std::string_view name = "Swirl";
  static constexpr OpKind kind = OpKind::Geometry;
  double x = 0;                      ///< centre, pixels
  double y = 0;                      ///< centre, pixels
  double angle = 0;                  ///< at the centre, degrees
  double radius = 1;                 ///< where it ends, pixels
  Fill fill;                         ///< what shows beyond the source
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Swirl&, const Swirl&) = default;
};

/// Shifts across the direction of travel: amplitude·sin(2π·s/wavelength + phase), s along `direction`.
struct Wave {
  static constexpr std::string_view name = "Wave";
  static constexpr OpKind kind = OpKind::Geometry;
  double amplitude = 0;              ///< of the shift, pixels
  double wavelength = 1;             ///< crest to crest, pixels
  double direction = 0;              ///< of travel, degrees
  double phase = 0;                  ///< at the centre, degrees
  Fill fill;                         ///< what shows beyond the source
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Wave&, const Wave&) = default;
};

/// Within `radius` of (x, y) source r = r·(1 - strength·(1 - (r/radius)²)²): positive bulges, negative
/// pinches.
struct Bulge {
  static constexpr std::string_view name = "Bulge";
  static constexpr OpKind kind = OpKind::Geometry;
  double x = 0;                      ///< centre, pixels
  double y = 0;                      ///< centre, pixels
  double radius = 1;                 ///< where it ends, pixels
  double strength = 0;               ///< at the centre
  Fill fill;                         ///< what shows beyond the source
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Bulge&, const Bulge&) = default;
};

}  // namespace doppel::augment::op
