// Polygons of targets.
#pragma once

#include <span>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/matrix.h"

namespace doppel::augment {

/// The part of a polygon inside the rectangle [x0, x1] x [y0, y1] (Sutherland and Hodgman 1974).
std::vector<Point> clip_polygon(std::vector<Point> polygon, double x0, double y0, double x1, double y1);
bool polygon_holds(std::span<const Point> polygon, Point p);
/// The upright box around it; label and the rest are left as they are by default.
Box hull_of(std::span<const Point> polygon);
/// Its edges cut into pieces of at most `longest` pixels, at most 64 each.
std::vector<Point> subdivided(std::span<const Point> polygon, double longest);
/// The smallest rectangle at this angle around a polygon.
RotatedBox fitted(std::span<const Point> polygon, double degrees);
/// The four corners of a rotated box.
std::vector<Point> corners_of(const RotatedBox& box);

}  // namespace doppel::augment
