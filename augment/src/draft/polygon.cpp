#include "polygon.h"

#include <algorithm>
#include <cmath>

#include "base/exact_math.h"

namespace doppel::augment {
namespace {

/// The part with side(p) >= 0.
template <class Side>
std::vector<Point> clip_side(const std::vector<Point>& polygon, Side side) {
  std::vector<Point> kept;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const double sa = side(a), sb = side(b);
    if (sa >= 0) kept.push_back(a);
    if ((sa < 0) != (sb < 0)) {
      const double t = sa / (sa - sb);
      kept.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  return kept;
}

}  // namespace

std::vector<Point> clip_polygon(std::vector<Point> p, double x0, double y0, double x1, double y1) {
  p = clip_side(p, [&](Point q) { return q.x - x0; });
  p = clip_side(p, [&](Point q) { return q.y - y0; });
  p = clip_side(p, [&](Point q) { return x1 - q.x; });
  return clip_side(p, [&](Point q) { return y1 - q.y; });
}

bool polygon_holds(std::span<const Point> polygon, Point p) {
  bool in = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point a = polygon[i], b = polygon[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
  }
  return in;
}

Box hull_of(std::span<const Point> polygon) {
  Box box{1e300, 1e300, -1e300, -1e300};
  for (const Point p : polygon) {
    box.x0 = std::min(box.x0, p.x);
    box.y0 = std::min(box.y0, p.y);
    box.x1 = std::max(box.x1, p.x);
    box.y1 = std::max(box.y1, p.y);
  }
  return box;
}

std::vector<Point> subdivided(std::span<const Point> polygon, double longest) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    const int pieces = std::clamp(static_cast<int>(std::ceil(length / longest)), 1, 64);
    for (int k = 0; k < pieces; ++k)
      points.push_back({a.x + k * (b.x - a.x) / pieces, a.y + k * (b.y - a.y) / pieces});
  }
  return points;
}

RotatedBox fitted(std::span<const Point> polygon, double degrees) {
  const double c = std::cos(degrees / exact::kDegrees), s = std::sin(degrees / exact::kDegrees);
  double u0 = 1e300, u1 = -1e300, v0 = 1e300, v1 = -1e300;
  for (const Point p : polygon) {
    // Along the width (y points down), and across.
    const double u = c * p.x - s * p.y, v = s * p.x + c * p.y;
    u0 = std::min(u0, u);
    u1 = std::max(u1, u);
    v0 = std::min(v0, v);
    v1 = std::max(v1, v);
  }
  const double u = (u0 + u1) / 2, v = (v0 + v1) / 2;
  return {c * u + s * v, -s * u + c * v, u1 - u0, v1 - v0, degrees};
}

std::vector<Point> corners_of(const RotatedBox& b) {
  const double c = std::cos(b.angle / exact::kDegrees), s = std::sin(b.angle / exact::kDegrees);
  std::vector<Point> corners;
  for (const auto& [i, j] : {std::pair{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}) {
    const double u = i * b.width / 2, v = j * b.height / 2;
    corners.push_back({b.x + c * u + s * v, b.y - s * u + c * v});
  }
  return corners;
}

}  // namespace doppel::augment
