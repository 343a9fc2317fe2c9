#include "field.h"

#include <algorithm>
#include <cmath>

#include "kernels/lattice.h"

namespace doppel::augment {
namespace {

/// The cell and the place in it of coordinate p along an axis of `nodes`.
struct Cell {
  int index;
  float share;
};
Cell cell_of(float p, float inverse_step, int nodes) {
  float t = p * inverse_step;
  t = t > 0 ? t : 0;
  const auto last = static_cast<float>(nodes - 1);
  t = t < last ? t : last;
  const int index = std::min(static_cast<int>(t), nodes - 2);
  return {index, t - static_cast<float>(index)};
}

template <class T>
T between(Field::Between how, T a, T b, T c, T d, T fx, T fy) {
  if (how == Field::Between::Bilinear) {
    const T top = a + fx * (b - a), low = c + fx * (d - c);
    return top + fy * (low - top);
  }
  return fx > fy ? a + fx * (b - a) + fy * (d - b) : a + fy * (c - a) + fx * (d - c);
}

}  // namespace

Field::Field(Size size, int rows, int cols, Between between)
    : size_(size),
      rows_(std::max(2, rows)),
      cols_(std::max(2, cols)),
      between_(between),
      step_x_(static_cast<double>(size.width) / (cols_ - 1)),
      step_y_(static_cast<double>(size.height) / (rows_ - 1)),
      dx_(static_cast<std::size_t>(rows_) * static_cast<std::size_t>(cols_)),
      dy_(dx_.size()) {}

void Field::set(int row, int col, Point displacement) {
  const auto i = static_cast<std::size_t>(row * cols_ + col);
  dx_[i] = static_cast<float>(displacement.x);
  dy_[i] = static_cast<float>(displacement.y);
}

Point Field::at(int row, int col) const {
  const auto i = static_cast<std::size_t>(row * cols_ + col);
  return {static_cast<double>(dx_[i]), static_cast<double>(dy_[i])};
}

void Field::unfold() {
  const auto least_determinant = [&](double scale) {
    double least = 1;
    for (int r = 0; r + 1 < rows_; ++r)
      for (int c = 0; c + 1 < cols_; ++c) {
        const Point a = at(r, c), b = at(r, c + 1), d = at(r + 1, c), e = at(r + 1, c + 1);
        // The determinant is linear in each coordinate of a bilinear cell: its least is at a corner.
        for (int k = 0; k < 4; ++k) {
          const Point across{k < 2 ? b.x - a.x : e.x - d.x, k < 2 ? b.y - a.y : e.y - d.y};
          const Point down{k % 2 == 0 ? d.x - a.x : e.x - b.x, k % 2 == 0 ? d.y - a.y : e.y - b.y};
          least = std::min(least, (1 + scale * across.x / step_x_) * (1 + scale * down.y / step_y_) -
                                      scale * scale * (across.y / step_x_) * (down.x / step_y_));
        }
      }
    return least;
  };
  double scale = 1;
  for (int i = 0; i < 200 && least_determinant(scale) < 0.1; ++i) scale *= 0.85;
  if (scale == 1) return;
  for (float& v : dx_) v *= static_cast<float>(scale);
  for (float& v : dy_) v *= static_cast<float>(scale);
}

void Field::row(int first, int y, int n, float* u, float* v) const {
  if (between_ == Between::Triangles) {
    for (int i = 0; i < n; ++i) {
      u[i] = static_cast<float>(first + i) + 0.5F;
      v[i] = static_cast<float>(y) + 0.5F;
    }
    return points(n, u, v);
  }
  const float centre = static_cast<float>(y) + 0.5F;
  const Cell down = cell_of(centre, static_cast<float>(1 / step_y_), rows_);
  const float *x0 = dx_.data() + down.index * cols_, *y0 = dy_.data() + down.index * cols_;
  lattice_row({x0, x0 + cols_, y0, y0 + cols_, cols_, down.share, static_cast<float>(1 / step_x_)}, first,
              centre, n, u, v);
}

void Field::points(int n, float* u, float* v) const {
  const auto inverse_x = static_cast<float>(1 / step_x_), inverse_y = static_cast<float>(1 / step_y_);
  for (int i = 0; i < n; ++i) {
    const Cell across = cell_of(u[i], inverse_x, cols_), down = cell_of(v[i], inverse_y, rows_);
    const std::size_t k = static_cast<std::size_t>(down.index * cols_ + across.index),
                      below = k + static_cast<std::size_t>(cols_);
    u[i] += between(between_, dx_[k], dx_[k + 1], dx_[below], dx_[below + 1], across.share, down.share);
    v[i] += between(between_, dy_[k], dy_[k + 1], dy_[below], dy_[below + 1], across.share, down.share);
  }
}

Point Field::source(Point p) const {
  const double tx = std::clamp(p.x / step_x_, 0.0, cols_ - 1.0),
               ty = std::clamp(p.y / step_y_, 0.0, rows_ - 1.0);
  const int c = std::min(static_cast<int>(tx), cols_ - 2), r = std::min(static_cast<int>(ty), rows_ - 2);
  const Point a = at(r, c), b = at(r, c + 1), d = at(r + 1, c), e = at(r + 1, c + 1);
  return {p.x + between(between_, a.x, b.x, d.x, e.x, tx - c, ty - r),
          p.y + between(between_, a.y, b.y, d.y, e.y, tx - c, ty - r)};
}

Point Field::forward(Point p) const {
  // Newton's method with a step-wide difference quotient; the pieces are nearly straight.
  Point q = p;
  for (int i = 0; i < 30; ++i) {
    const Point at_q = source(q);
    const double ex = at_q.x - p.x, ey = at_q.y - p.y;
    if (ex * ex + ey * ey < 1e-14) break;
    constexpr double h = 1e-3;
    const Point right = source({q.x + h, q.y}), below = source({q.x, q.y + h});
    const double a = (right.x - at_q.x) / h, b = (below.x - at_q.x) / h, c = (right.y - at_q.y) / h,
                 d = (below.y - at_q.y) / h;
    const double det = a * d - b * c;
    if (std::abs(det) < 1e-3) {
      q = {q.x - 0.5 * ex, q.y - 0.5 * ey};
      continue;
    }
    // Damped: a kink can throw a full step back and forth.
    const double damp = i < 8 ? 1 : 0.6;
    q = {q.x - damp * (d * ex - b * ey) / det, q.y - damp * (a * ey - c * ex) / det};
  }
  return q;
}

}  // namespace doppel::augment
