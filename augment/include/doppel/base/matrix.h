// 3x3 projective maps of the plane, row-major, acting on continuous pixel coordinates (x, y, 1).
#pragma once

#include <array>
#include <span>

#include "doppel/base/geometry.h"

namespace doppel {

/// A projective map of the plane.
struct Matrix3 {
  std::array<double, 9> m{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< row by row; the identity where nothing is said
  friend bool operator==(const Matrix3&, const Matrix3&) = default;

  /// Where p goes; not finite for a point that the map sends to infinity.
  Point operator()(Point p) const;
  /// The Jacobian [dx'/dx, dx'/dy, dy'/dx, dy'/dy] at p.
  std::array<double, 4> jacobian(Point p) const;
  /// True where parallels stay parallel.
  bool is_affine() const { return m[6] == 0 && m[7] == 0 && m[8] == 1; }
};

/// (a * b)(p) = a(b(p)).
Matrix3 operator*(const Matrix3& a, const Matrix3& b);
/// Throws UsageError where the map is singular.
Matrix3 inverse(const Matrix3& map);
/// Moves right by dx and down by dy pixels.
Matrix3 translation(double dx, double dy);
/// About the origin: widths times sx, heights times sy.
Matrix3 scaling(double sx, double sy);
/// Turns counter-clockwise as one sees it (y points down) by `degrees`.
Matrix3 rotation(double degrees);
/// The projective map that takes each of four corners `from` to its partner in `to`. Throws UsageError where
/// there is none.
Matrix3 quad_to_quad(const std::array<Point, 4>& from, const std::array<Point, 4>& to);

/// Area of a simple polygon, never negative.
double polygon_area(std::span<const Point> polygon);

}  // namespace doppel
