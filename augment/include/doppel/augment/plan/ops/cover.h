// Covers. Objects' visibility follows them.
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

/// Covers rectangles {x, y, width, height}… with a colour, uniform noise, the image's mean colour, or a
/// strongly blurred copy of the image (sigma = a tenth of the short side).
struct Cover {
  static constexpr std::string_view name = "Cover";
  std::vector<double> holes{};        ///< four whole numbers each, inside the image
  CoverFill fill = CoverFill::Color;  ///< what covers
  std::array<double, 3> color{};      ///< for CoverFill::Color, shares of the full range
  std::uint64_t seed = 0;             ///< for CoverFill::Noise
  void fields(FieldVisitor& visit);
  friend bool operator==(const Cover&, const Cover&) = default;
};

/// Covers shapes, by kind: ellipse {cx, cy, rx, ry, degrees}; stroke {x0, y0, x1, y1, width}; triangle {x0,
/// y0, x1, y1, x2, y2}. Filled with a colour or with the image as it is (dx, dy) pixels away.
struct Shapes {
  static constexpr std::string_view name = "Shapes";
  static constexpr OpKind kind = OpKind::Pixel;
  /// What is covered; all shapes of an op are of one kind.
  enum class Kind { Ellipse, Stroke, Triangle };
  /// Numbers that one shape has.
  std::size_t stride() const { return shape == Kind::Triangle ? 6 : 5; }
  Kind shape = Kind::Ellipse;            ///< shape
  std::vector<double> shapes{};          ///< numbers of each, in turn
  std::array<double, 3> color{0, 0, 0};  ///< that covers
  int dx = 0;                            ///< 0 and 0: the colour, pixels
  int dy = 0;                            ///< pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const Shapes&, const Shapes&) = default;
};

/// Covers a square of `ratio` of the side in each cell of a grid of `unit` pixels turned by `angle`
/// (GridMask, Chen 2020).
struct CoverGrid {
  static constexpr std::string_view name = "CoverGrid";
  static constexpr OpKind kind = OpKind::Pixel;
  double unit = 32;                      ///< cell, pixels
  double ratio = 0.5;                    ///< side of the hole over the cell
  double angle = 0;                      ///< degrees
  double x = 0;                          ///< offset, pixels
  double y = 0;                          ///< offset, pixels
  std::array<double, 3> color{0, 0, 0};  ///< that covers
  void fields(FieldVisitor& visit);
  friend bool operator==(const CoverGrid&, const CoverGrid&) = default;
};

}  // namespace doppel::augment::op
