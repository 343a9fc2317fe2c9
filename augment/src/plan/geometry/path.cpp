#include "path.h"

#include <algorithm>
#include <cmath>

#include "kernels/warp.h"

namespace doppel::augment {

Path::Path(std::span<const Op> ops, Size size) {
  // Forwards: gather; then turn the list round.
  bool open = false;  // the last step is a matrix that can take more
  for (const Op& op : ops) {
    if (is_bend(op)) {
      steps_.emplace_back(make_field(op, size));
      open = false;
    } else {
      if (!open) steps_.emplace_back(Matrix3());
      open = true;
      steps_.back().map = map_of(op, size) * steps_.back().map;
    }
    size = size_after(op, size);
  }
  if (steps_.empty()) steps_.emplace_back(Matrix3());
  for (Step& step : steps_)
    if (!step.field) step.map = inverse(step.map);
  std::ranges::reverse(steps_);
}

Point Path::source(Point p) const {
  for (const Step& step : steps_) p = step.field ? step.field->source(p) : step.map(p);
  return p;
}

void Path::row(int first, int y, int n, float* u, float* v) const {
  if (steps_[0].field)
    steps_[0].field->row(first, y, n, u, v);
  else
    map_row(steps_[0].map.m, first, y, n, u, v);
  for (std::size_t k = 1; k < steps_.size(); ++k) {
    if (steps_[k].field)
      steps_[k].field->points(n, u, v);
    else
      map_points(steps_[k].map.m, n, u, v);
  }
}

void Path::scale_source(double sx, double sy) {
  if (steps_.back().field)
    steps_.emplace_back(scaling(sx, sy));
  else
    steps_.back().map = scaling(sx, sy) * steps_.back().map;
}

double Path::stretch(Point p) const {
  constexpr double h = 0.5;
  const Point left = source({p.x - h, p.y}), right = source({p.x + h, p.y});
  const Point above = source({p.x, p.y - h}), below = source({p.x, p.y + h});
  const double ax = right.x - left.x, ay = right.y - left.y, bx = below.x - above.x, by = below.y - above.y;
  const double a = ax * ax + ay * ay, d = bx * bx + by * by, b = ax * bx + ay * by;
  const double widest = std::sqrt((a + d) / 2 + std::sqrt((a - d) * (a - d) / 4 + b * b));
  return std::isfinite(widest) ? widest : 1;
}

}  // namespace doppel::augment
