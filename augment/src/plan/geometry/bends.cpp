// The fields of the bend ops.
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "base/exact_math.h"
#include "base/image_pool.h"
#include "base/pooled_vector.h"
#include "doppel/base/random.h"
#include "field.h"
#include "kernels/noise.h"

namespace doppel::augment {
namespace {

/// Nodes along a side so that cells are about `step` pixels.
int nodes_for(int side, double step) {
  return std::clamp(static_cast<int>(std::ceil(side / step)) + 1, 2, 4096);
}

/// A field from a function of places, on a lattice of 1/64 of the short side (at least 2 pixels).
template <class Displacement>
Field smooth_field(Size size, double cells, Displacement displacement) {
  const double step = std::max(2.0, std::min(size.width, size.height) / cells);
  Field field(size, nodes_for(size.height, step), nodes_for(size.width, step));
  for (int r = 0; r < field.rows(); ++r)
    for (int c = 0; c < field.cols(); ++c) field.set(r, c, displacement(field.node(r, c)));
  return field;
}

/// One separable Gaussian pass over a matrix of nodes: rows if `across`, else columns. Taps beyond the
/// lattice exist: it has `reach` more nodes on every side, which the result leaves out.
void smooth_rows(const PooledVector<float>& in, int rows, int cols, const PooledVector<float>& taps,
                 PooledVector<float>& out) {
  const int width = cols - static_cast<int>(taps.size()) + 1;
  out.assign(static_cast<std::size_t>(rows) * static_cast<std::size_t>(width), 0.F);
  for (int r = 0; r < rows; ++r) {
    float* to = out.data() + r * width;
    const float* from = in.data() + r * cols;
    for (std::size_t k = 0; k < taps.size(); ++k)
      for (int c = 0; c < width; ++c) to[c] += taps[k] * from[c + static_cast<int>(k)];
  }
}

void smooth_cols(const PooledVector<float>& in, int rows, int cols, const PooledVector<float>& taps,
                 PooledVector<float>& out) {
  const int height = rows - static_cast<int>(taps.size()) + 1;
  out.assign(static_cast<std::size_t>(height) * static_cast<std::size_t>(cols), 0.F);
  for (int r = 0; r < height; ++r)
    for (std::size_t k = 0; k < taps.size(); ++k) {
      const float* from = in.data() + (r + static_cast<int>(k)) * cols;
      float* to = out.data() + r * cols;
      for (int c = 0; c < cols; ++c) to[c] += taps[k] * from[c];
    }
}

/// a x = b by elimination with row pivots; x takes b's place. Our own since results mustn't depend on which
/// LAPACK a machine has. Where a is singular, x is 0.
void solve(cv::Mat& a, cv::Mat& b) {
  const int n = a.rows;
  const auto subtract = [](cv::Mat& m, int to, int from, double times, int first) {
    for (int c = first; c < m.cols; ++c) m.at<double>(to, c) -= times * m.at<double>(from, c);
  };
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int r = k + 1; r < n; ++r)
      if (std::abs(a.at<double>(r, k)) > std::abs(a.at<double>(pivot, k))) pivot = r;
    if (std::abs(a.at<double>(pivot, k)) < 1e-12) {
      std::fill_n(b.ptr<double>(), b.total(), 0.0);
      return;
    }
    std::swap_ranges(a.ptr<double>(k), a.ptr<double>(k) + n, a.ptr<double>(pivot));
    std::swap_ranges(b.ptr<double>(k), b.ptr<double>(k) + b.cols, b.ptr<double>(pivot));
    for (int r = k + 1; r < n; ++r) {
      const double times = a.at<double>(r, k) / a.at<double>(k, k);
      subtract(a, r, k, times, k);
      subtract(b, r, k, times, 0);
    }
  }
  for (int k = n - 1; k >= 0; --k) {
    for (int c = 0; c < b.cols; ++c) b.at<double>(k, c) /= a.at<double>(k, k);
    for (int r = 0; r < k; ++r) subtract(b, r, k, a.at<double>(r, k), 0);
  }
}

struct MakeField {
  Size size;

  Field operator()(const op::Elastic& o) const {
    const double step = std::max(1.0, o.sigma / 2), sigma = o.sigma / step;
    Field field(size, nodes_for(size.height, step), nodes_for(size.width, step));
    const int reach = static_cast<int>(std::ceil(3 * sigma));
    PooledVector<float> taps;
    double sum = 0, squares = 0;
    for (int k = -reach; k <= reach; ++k) {
      const double w = exact::exp(-k * k / (2 * sigma * sigma));
      taps.push_back(static_cast<float>(w));
      sum += w;
      squares += w * w;
    }
    for (float& t : taps) t /= static_cast<float>(sum);
    // Smoothing per-pixel uniform noise leaves the deviation 1/sqrt(3) / (2 sqrt(π) sigma); the coarser
    // lattice's own is made the same.
    const double wanted = o.alpha / std::sqrt(3.0) / (2 * std::sqrt(3.14159265358979324) * o.sigma);
    const double got = 1 / std::sqrt(3.0) * squares / (sum * sum);
    const double gain = wanted / got;
    const int rows = field.rows() + 2 * reach, cols = field.cols() + 2 * reach;
    PooledVector<float> noise(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols)), half, x, y;
    for (int axis = 0; axis < 2; ++axis) {
      for (int r = 0; r < rows; ++r) {
        const RowKey key = RowKey::of(o.seed, axis, r);
        NoiseBlock block;
        for (int first = 0; first < cols; first += kNoiseBlock) {
          uniform_noise(key, first / kNoiseBlock, block);
          for (int i = 0; i < std::min(kNoiseBlock, cols - first); ++i)
            noise[static_cast<std::size_t>(r * cols + first + i)] =
                2 * block[static_cast<std::size_t>(i)] - 1;
        }
      }
      smooth_rows(noise, rows, cols, taps, half);
      smooth_cols(half, rows, field.cols(), taps, axis == 0 ? x : y);
    }
    for (int r = 0; r < field.rows(); ++r)
      for (int c = 0; c < field.cols(); ++c) {
        const auto i = static_cast<std::size_t>(r * field.cols() + c);
        field.set(r, c, {gain * static_cast<double>(x[i]), gain * static_cast<double>(y[i])});
      }
    field.unfold();
    return field;
  }

  Field operator()(const op::Mesh& o) const {
    using Between = op::Mesh::Between;
    if (o.dx.empty()) return {size, 2, 2};
    if (o.between == Between::Spline) return spline(o);
    Field field(size, o.rows, o.cols,
                o.between == Between::Triangles ? Field::Between::Triangles : Field::Between::Bilinear);
    for (int r = 0; r < o.rows; ++r)
      for (int c = 0; c < o.cols; ++c) {
        const auto i = static_cast<std::size_t>(r * o.cols + c);
        field.set(r, c, {o.dx[i], o.dy[i]});
      }
    return field;
  }

  /// Bookstein 1989: kernel r² log r, affine part, solved once for both axes; unit coordinates.
  Field spline(const op::Mesh& o) const {
    const int n = o.rows * o.cols;
    const auto kernel = [](double dx, double dy) {
      const double r2 = dx * dx + dy * dy;
      return r2 > 0 ? r2 * exact::log(r2) / 2 : 0;
    };
    PooledVector<Point> at;
    for (int r = 0; r < o.rows; ++r)
      for (int c = 0; c < o.cols; ++c) at.push_back({double(c) / (o.cols - 1), double(r) / (o.rows - 1)});
    // b becomes what it's solved for.
    cv::Mat a = pooled_zeros(n + 3, n + 3, CV_64F), b = pooled_zeros(n + 3, 2, CV_64F);
    for (int i = 0; i < n; ++i) {
      const Point p = at[static_cast<std::size_t>(i)];
      for (int j = 0; j < n; ++j) {
        const Point q = at[static_cast<std::size_t>(j)];
        a.at<double>(i, j) = kernel(p.x - q.x, p.y - q.y);
      }
      const std::array<double, 3> affine{1, p.x, p.y};
      for (int k = 0; k < 3; ++k)
        a.at<double>(i, n + k) = a.at<double>(n + k, i) = affine[static_cast<std::size_t>(k)];
      b.at<double>(i, 0) = o.dx[static_cast<std::size_t>(i)];
      b.at<double>(i, 1) = o.dy[static_cast<std::size_t>(i)];
    }
    solve(a, b);
    Field field = smooth_field(size, 32, [&](Point p) {
      const double x = p.x / size.width, y = p.y / size.height;
      Point d;
      for (int axis = 0; axis < 2; ++axis) {
        double v = b.at<double>(n, axis) + b.at<double>(n + 1, axis) * x + b.at<double>(n + 2, axis) * y;
        for (int i = 0; i < n; ++i)
          v += b.at<double>(i, axis) *
               kernel(x - at[static_cast<std::size_t>(i)].x, y - at[static_cast<std::size_t>(i)].y);
        (axis == 0 ? d.x : d.y) = v;
      }
      return d;
    });
    field.unfold();
    return field;
  }

  Field operator()(const op::Lens& o) const {
    const double cx = size.width / 2.0, cy = size.height / 2.0, half2 = cx * cx + cy * cy;
    return smooth_field(size, 64, [&](Point p) {
      const double x = p.x - cx, y = p.y - cy, r2 = (x * x + y * y) / half2;
      const double gain =
          o.model == op::Lens::Model::Radial ? o.k * r2 : (1 + o.k * std::sqrt(r2)) / (1 + o.k) - 1;
      return Point{x * gain, y * gain};
    });
  }

  Field operator()(const op::Swirl& o) const {
    return smooth_field(size, 64, [&](Point p) {
      const double x = p.x - o.x, y = p.y - o.y, r = std::sqrt(x * x + y * y);
      if (r >= o.radius) return Point{};
      const double fade = 1 - r / o.radius, turn = o.angle * exact::kRadians * fade * fade;
      // Output from source turns counter-clockwise, so source from output turns back; y points down.
      const double c = exact::cos(turn), s = exact::sin(turn);
      return Point{c * x - s * y - x, s * x + c * y - y};
    });
  }

  Field operator()(const op::Wave& o) const {
    const double c = exact::cos(o.direction * exact::kRadians),
                 s = -exact::sin(o.direction * exact::kRadians);
    const double cx = size.width / 2.0, cy = size.height / 2.0;
    const double turn = 2 * 3.14159265358979324 / o.wavelength;
    // Fine enough for the waves, too.
    const double cells = std::max(64.0, 16 * std::min(size.width, size.height) / o.wavelength);
    return smooth_field(size, cells, [&](Point p) {
      const double along = (p.x - cx) * c + (p.y - cy) * s;
      const double shift = o.amplitude * exact::sin(along * turn + o.phase * exact::kRadians);
      return Point{-s * shift, c * shift};
    });
  }

  Field operator()(const op::Bulge& o) const {
    return smooth_field(size, 64, [&](Point p) {
      const double x = p.x - o.x, y = p.y - o.y, r2 = (x * x + y * y) / (o.radius * o.radius);
      if (r2 >= 1) return Point{};
      const double gain = -o.strength * (1 - r2) * (1 - r2);
      return Point{x * gain, y * gain};
    });
  }

  Field operator()(const auto&) const { return {size, 2, 2}; }
};

struct IsBend {
  template <class T>
  bool operator()(const T&) const {
    return std::is_same_v<T, op::Elastic> || std::is_same_v<T, op::Mesh> || std::is_same_v<T, op::Lens> ||
           std::is_same_v<T, op::Swirl> || std::is_same_v<T, op::Wave> || std::is_same_v<T, op::Bulge>;
  }
};

}  // namespace

bool is_bend(const Op& any) { return std::visit(IsBend{}, any); }
Field make_field(const Op& any, Size size) { return std::visit(MakeField{size}, any); }

}  // namespace doppel::augment
