// Polygons and lines that are cut: into as many pieces as they fall.
#pragma once

#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/geometry.h"

namespace doppel::augment {

/// A rectangle whose edges are places, not pixels.
struct Frame {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

/// The pieces of a simple polygon, concave or not, inside a frame, each a polygon with an area; their areas
/// are what the frame holds of it. Of one that crosses itself that is so by the rule of even and odd.
std::vector<std::vector<Point>> polygon_within(std::vector<Point> polygon, const Frame& frame);
/// The pieces of a line inside a frame, each with a length.
std::vector<std::vector<Point>> line_within(const std::vector<Point>& line, const Frame& frame);

/// The pieces of an outline inside a frame, with its label and instance.
std::vector<Outline> outline_within(const Outline& outline, const Frame& frame);
/// Those outside of it: along its left and right edges polygons are cut, too.
std::vector<Outline> outline_outside(const Outline& outline, const Frame& frame);

/// With corners added, so that no edge is longer than `longest` pixels.
Outline subdivided(const Outline& outline, double longest);

}  // namespace doppel::augment
