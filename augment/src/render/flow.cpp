#include "flow.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/pooled_vector.h"
#include "kernels/warp.h"
#include "plan/geometry/path.h"

namespace doppel::augment {
namespace {

/// Whether a place lies in a mirrored copy of an image: dcb|abcd|cba.
bool is_mirrored(double place, int side) {
  if (side < 2 || !std::isfinite(place)) return false;
  const double period = 2.0 * (side - 1), at = std::floor(place);
  return at - period * std::floor(at / period) >= side;
}

/// Source places of three rows of output pixels, each with one pixel more at both sides.
class PlacesAround {
 public:
  PlacesAround(const Path& path, int width) : path_(path), width_(width + 2) {
    for (auto* rows : {&u_, &v_})
      for (auto& row : *rows) row.resize(static_cast<std::size_t>(width_));
    fill(-1);
    fill(0);
  }
  /// Rows y - 1, y and y + 1; y counts up from 0.
  void go_to(int y) { fill(y + 1); }
  Point at(int x, int y) const {
    const auto i = static_cast<std::size_t>(x + 1);
    return {u_[slot(y)][i], v_[slot(y)][i]};
  }

 private:
  static std::size_t slot(int y) { return static_cast<std::size_t>((y + 3) % 3); }
  void fill(int y) {
    for (int first = 0; first < width_; first += kWarpBlock)
      path_.row(first - 1, y, std::min(kWarpBlock, width_ - first), u_[slot(y)].data() + first,
                v_[slot(y)].data() + first);
  }
  const Path& path_;
  int width_;
  std::array<PooledVector<float>, 3> u_, v_;
};

/// The inverse of a Jacobian times a vector; the vector where there is no inverse.
void divide(const std::array<double, 4>& j, float* vector) {
  const double det = j[0] * j[3] - j[1] * j[2];
  if (!std::isfinite(det) || std::abs(det) < 1e-12) return;
  const double a = vector[0], b = vector[1];
  vector[0] = static_cast<float>((j[3] * a - j[1] * b) / det);
  vector[1] = static_cast<float>((j[0] * b - j[2] * a) / det);
}

/// A vector that was read at a source place; `j`: how that place moves with the output's.
void turn(const std::array<double, 4>& j, Point place, Size source, Fill::Kind border, float* vector) {
  // Half a pixel beyond the image is the last that a bilinear reader sees of it.
  const bool inside =
      place.x > -0.5 && place.y > -0.5 && place.x < source.width + 0.5 && place.y < source.height + 0.5;
  if (border == Fill::Kind::Color && !inside) return;
  if (border == Fill::Kind::Reflect && is_mirrored(place.x, source.width)) vector[0] = -vector[0];
  if (border == Fill::Kind::Reflect && is_mirrored(place.y, source.height)) vector[1] = -vector[1];
  divide(j, vector);
}

}  // namespace

void turn_vectors(cv::Mat& flow, std::span<const Op> ops, const GeometryRun& run, Size source) {
  const Path path(ops.first(run.count), source);
  const int channels = flow.channels();
  if (const Matrix3* back = path.matrix()) {
    for (int y = 0; y < flow.rows; ++y)
      for (int x = 0; x < flow.cols; ++x) {
        const Point p{x + 0.5, y + 0.5};
        turn(back->jacobian(p), (*back)(p), source, run.fill.kind, flow.ptr<float>(y) + x * channels);
      }
    return;
  }
  PlacesAround places(path, flow.cols);
  for (int y = 0; y < flow.rows; ++y) {
    places.go_to(y);
    for (int x = 0; x < flow.cols; ++x) {
      const Point left = places.at(x - 1, y), right = places.at(x + 1, y), above = places.at(x, y - 1),
                  below = places.at(x, y + 1);
      const std::array<double, 4> j{(right.x - left.x) / 2, (below.x - above.x) / 2, (right.y - left.y) / 2,
                                    (below.y - above.y) / 2};
      turn(j, places.at(x, y), source, run.fill.kind, flow.ptr<float>(y) + x * channels);
    }
  }
}

void turn_padded(cv::Mat& flow, const op::Pad& pad, Size source) {
  if (pad.fill.kind != Fill::Kind::Reflect) return;
  for (int y = 0; y < flow.rows; ++y)
    for (int x = 0; x < flow.cols; ++x)
      turn({1, 0, 0, 1}, {x + 0.5 - pad.left, y + 0.5 - pad.top}, source, pad.fill.kind,
           flow.ptr<float>(y) + x * flow.channels());
}

}  // namespace doppel::augment
