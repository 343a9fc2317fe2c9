#include "doppel/base/matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "doppel/base/error.h"
#include "exact_math.h"

namespace doppel {

Point Matrix3::operator()(Point p) const {
  const double w = m[6] * p.x + m[7] * p.y + m[8];
  return {(m[0] * p.x + m[1] * p.y + m[2]) / w, (m[3] * p.x + m[4] * p.y + m[5]) / w};
}

std::array<double, 4> Matrix3::jacobian(Point p) const {
  const double w = m[6] * p.x + m[7] * p.y + m[8];
  const Point q = (*this)(p);
  return {(m[0] - q.x * m[6]) / w, (m[1] - q.x * m[7]) / w, (m[3] - q.y * m[6]) / w, (m[4] - q.y * m[7]) / w};
}

Matrix3 operator*(const Matrix3& a, const Matrix3& b) {
  Matrix3 c;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) sum += a.m[i * 3 + k] * b.m[k * 3 + j];
      c.m[i * 3 + j] = sum;
    }
  return c;
}

Matrix3 inverse(const Matrix3& map) {
  const auto& m = map.m;
  const double a = m[4] * m[8] - m[5] * m[7], b = m[5] * m[6] - m[3] * m[8], c = m[3] * m[7] - m[4] * m[6];
  const double det = m[0] * a + m[1] * b + m[2] * c;
  if (!std::isfinite(det) || std::abs(det) < 1e-300)
    throw UsageError("a map squeezes the image to a line or a point and can't be undone");
  Matrix3 r{{a, m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4], b, m[0] * m[8] - m[2] * m[6],
             m[2] * m[3] - m[0] * m[5], c, m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]}};
  for (double& v : r.m) v /= det;
  if (map.is_affine()) r.m[6] = r.m[7] = 0, r.m[8] = 1;
  return r;
}

Matrix3 translation(double dx, double dy) { return {{1, 0, dx, 0, 1, dy, 0, 0, 1}}; }
Matrix3 scaling(double sx, double sy) { return {{sx, 0, 0, 0, sy, 0, 0, 0, 1}}; }

Matrix3 rotation(double degrees) {
  const double radians = degrees * (3.141592653589793238462643383279503 / 180);
  const double c = exact::cos(radians), s = exact::sin(radians);
  return {{c, s, 0, -s, c, 0, 0, 0, 1}};
}

Matrix3 quad_to_quad(const std::array<Point, 4>& from, const std::array<Point, 4>& to) {
  double a[8][9] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const Point p = from[i], q = to[i];
    const double rows[2][9] = {{p.x, p.y, 1, 0, 0, 0, -q.x * p.x, -q.x * p.y, q.x},
                               {0, 0, 0, p.x, p.y, 1, -q.y * p.x, -q.y * p.y, q.y}};
    std::copy_n(rows[0], 9, a[2 * i]);
    std::copy_n(rows[1], 9, a[2 * i + 1]);
  }
  for (int column = 0; column < 8; ++column) {  // Gauss-Jordan with partial pivoting
    int pivot = column;
    for (int row = column + 1; row < 8; ++row)
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    if (std::abs(a[pivot][column]) < 1e-12) throw UsageError("four corners of a perspective lie on a line");
    std::swap(a[column], a[pivot]);
    for (int row = 0; row < 8; ++row) {
      if (row == column) continue;
      const double factor = a[row][column] / a[column][column];
      for (int k = column; k < 9; ++k) a[row][k] -= factor * a[column][k];
    }
  }
  Matrix3 map;
  for (std::size_t i = 0; i < 8; ++i) map.m[i] = a[i][8] / a[i][i];
  map.m[8] = 1;
  return map;
}

double polygon_area(std::span<const Point> polygon) {
  double twice = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return std::abs(twice) / 2;
}

}  // namespace doppel
