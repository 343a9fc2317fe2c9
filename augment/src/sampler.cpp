#include "sampler.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

bool is_lattice(const Matrix3& map) {
  const auto& m = map.m;
  const auto unit = [](double a, double b) { return std::abs(a) == 1 && b == 0; };
  return map.is_affine() && unit(m[0], m[1]) && unit(m[4], m[3]) && m[2] == std::floor(m[2]) &&
         m[5] == std::floor(m[5]);
}

/// The fill colour as pixels of type T.
template <class T>
std::array<float, 4> border_color(const Fill& fill) {
  std::array<float, 4> color{};
  for (std::size_t c = 0; c < 4; ++c)
    color[c] = static_cast<float>(fill.color[c] * (std::is_same_v<T, float> ? 1.0 : 255.0));
  return color;
}

template <class T, int C>
void blend(const T* a, const T* b, const T* c, const T* d, float fx, float fy, T* out) {
  const float w00 = (1 - fx) * (1 - fy), w01 = fx * (1 - fy), w10 = (1 - fx) * fy, w11 = fx * fy;
  for (int k = 0; k < C; ++k) {
    const float v = w00 * static_cast<float>(a[k]) + w01 * static_cast<float>(b[k]) +
                    w10 * static_cast<float>(c[k]) + w11 * static_cast<float>(d[k]);
    if constexpr (std::is_same_v<T, float>)
      out[k] = v;
    else
      out[k] = static_cast<T>(v + 0.5F);
  }
}

/// One output row, bilinear.
template <class T, int C>
class BilinearRow {
 public:
  BilinearRow(const cv::Mat& source, const Fill& fill)
      : source_(source),
        pixels_(source.ptr<T>()),
        stride_(static_cast<std::ptrdiff_t>(source.step1())),
        kind_(fill.kind) {
    const auto color = border_color<T>(fill);
    for (int k = 0; k < C; ++k)
      color_[k] =
          static_cast<T>(color[static_cast<std::size_t>(k)] + (std::is_same_v<T, float> ? 0.F : 0.5F));
  }

  void run(const Matrix3& map, int y, int width, T* row) const {
    const auto& m = map.m;
    const double cy = y + 0.5;
    double u = m[0] * 0.5 + m[1] * cy + m[2], v = m[3] * 0.5 + m[4] * cy + m[5];
    if (map.is_affine()) {
      u -= 0.5;
      v -= 0.5;
      for (int x = 0; x < width; ++x) at(u + m[0] * x, v + m[3] * x, row + x * C);
      return;
    }
    double w = m[6] * 0.5 + m[7] * cy + m[8];
    for (int x = 0; x < width; ++x) {
      const double inv = 1 / (w + m[6] * x);
      at((u + m[0] * x) * inv - 0.5, (v + m[3] * x) * inv - 0.5, row + x * C);
    }
  }

 private:
  void at(double u, double v, T* out) const {
    // Far outside is far outside: keeps the conversion to int defined.
    u = std::clamp(u, -1e8, 1e8);
    v = std::clamp(v, -1e8, 1e8);
    const int x0 = static_cast<int>(u + 268435456.0) - 268435456,
              y0 = static_cast<int>(v + 268435456.0) - 268435456;
    const float fx = static_cast<float>(u - x0), fy = static_cast<float>(v - y0);
    if (x0 >= 0 && y0 >= 0 && x0 + 1 < source_.cols && y0 + 1 < source_.rows) {
      const T* p = pixels_ + y0 * stride_ + x0 * C;
      blend<T, C>(p, p + C, p + stride_, p + stride_ + C, fx, fy, out);
    } else {
      blend<T, C>(tap(x0, y0), tap(x0 + 1, y0), tap(x0, y0 + 1), tap(x0 + 1, y0 + 1), fx, fy, out);
    }
  }

  const T* tap(int x, int y) const {
    const int sx = border_index(x, source_.cols, kind_), sy = border_index(y, source_.rows, kind_);
    return sx < 0 || sy < 0 ? color_.data() : pixels_ + sy * stride_ + sx * C;
  }

  const cv::Mat& source_;
  const T* pixels_;
  std::ptrdiff_t stride_;
  Fill::Kind kind_;
  std::array<T, C> color_{};
};

template <class T>
void bilinear_row(const cv::Mat& source, const Fill& fill, const Matrix3& map, int y, int width,
                  unsigned char* row) {
  T* out = reinterpret_cast<T*>(row);
  switch (source.channels()) {
    case 1:
      return BilinearRow<T, 1>(source, fill).run(map, y, width, out);
    case 3:
      return BilinearRow<T, 3>(source, fill).run(map, y, width, out);
    case 4:
      return BilinearRow<T, 4>(source, fill).run(map, y, width, out);
    default:
      throw Error("pictures need 1, 3 or 4 channels, not " + std::to_string(source.channels()));
  }
}

/// One border pixel's bytes.
std::array<unsigned char, 16> border_pixel(const cv::Mat& source, const Fill& fill) {
  std::array<unsigned char, 16> bytes{};
  for (int c = 0; c < std::min(4, source.channels()); ++c) {
    const double v = fill.color[static_cast<std::size_t>(c)];
    if (source.depth() == CV_32F) {
      const auto f = static_cast<float>(v);
      std::memcpy(bytes.data() + c * 4, &f, 4);
    } else if (source.depth() == CV_8U) {
      bytes[static_cast<std::size_t>(c)] = static_cast<unsigned char>(v * 255 + 0.5);
    }
  }
  return bytes;
}

}  // namespace

int border_index(int i, int n, Fill::Kind kind) {
  if (i >= 0 && i < n) return i;
  switch (kind) {
    case Fill::Kind::Color:
      return -1;
    case Fill::Kind::Replicate:
      return i < 0 ? 0 : n - 1;
    case Fill::Kind::Wrap:
      return (i % n + n) % n;
    case Fill::Kind::Reflect:
      break;
  }
  if (n == 1) return 0;
  const int period = 2 * (n - 1);
  i = (i % period + period) % period;
  return i < n ? i : period - i;
}

int halvings(const Matrix3& to_source, Size out) {
  const auto j = to_source.jacobian({out.width / 2.0, out.height / 2.0});
  const double a = j[0] * j[0] + j[2] * j[2], d = j[1] * j[1] + j[3] * j[3], b = j[0] * j[1] + j[2] * j[3];
  double largest = std::sqrt((a + d) / 2 + std::sqrt((a - d) * (a - d) / 4 + b * b));
  int levels = 0;
  for (; largest >= 2 && levels < 16; largest /= 2) ++levels;
  return levels;
}

cv::Mat halve(const cv::Mat& image) {
  cv::Mat even = image, half;
  if (image.cols % 2 != 0 || image.rows % 2 != 0)
    cv::copyMakeBorder(image, even, 0, image.rows % 2, 0, image.cols % 2,
                       cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  cv::resize(even, half, {even.cols / 2, even.rows / 2}, 0, 0, cv::INTER_AREA);
  return half;
}

Sampler::Sampler(const cv::Mat& source, const Matrix3& to_source, Size out, const Fill& fill, Filter filter)
    : source_(source), map_(to_source), out_(out), fill_(fill) {
  way_ = is_lattice(map_) ? Way::Lattice : filter == Filter::Nearest ? Way::Nearest : Way::Bilinear;
  if (way_ != Way::Bilinear) return;
  int levels = halvings(map_, out_);
  while (levels-- > 0 && (source_.cols > 1 || source_.rows > 1)) {
    source_ = halve(source_);
    map_ = scaling(0.5, 0.5) * map_;
  }
}

void Sampler::read(int first, int last, unsigned char* rows, std::size_t stride) const {
  for (int y = first; y < last; ++y, rows += stride) {
    if (way_ == Way::Lattice)
      read_lattice(y, rows);
    else if (way_ == Way::Nearest)
      read_nearest(y, rows);
    else if (source_.depth() == CV_8U)
      bilinear_row<unsigned char>(source_, fill_, map_, y, out_.width, rows);
    else
      bilinear_row<float>(source_, fill_, map_, y, out_.width, rows);
  }
}

void Sampler::read_lattice(int y, unsigned char* row) const {
  const auto& m = map_.m;
  const std::size_t bytes = source_.elemSize();
  const int sy = static_cast<int>(m[4] * (y + 0.5) + m[5] - 0.5);
  const int sx = static_cast<int>(m[0] * 0.5 + m[2] - 0.5), step = static_cast<int>(m[0]);
  if (step == 1 && sy >= 0 && sy < source_.rows && sx >= 0 && sx + out_.width <= source_.cols) {
    std::memcpy(row, source_.ptr(sy) + static_cast<std::size_t>(sx) * bytes,
                bytes * static_cast<std::size_t>(out_.width));
    return;
  }
  const auto border = border_pixel(source_, fill_);
  const int by = border_index(sy, source_.rows, fill_.kind);
  for (int x = 0; x < out_.width; ++x, row += bytes) {
    const int bx = border_index(sx + step * x, source_.cols, fill_.kind);
    std::memcpy(row,
                by < 0 || bx < 0 ? border.data() : source_.ptr(by) + static_cast<std::size_t>(bx) * bytes,
                bytes);
  }
}

void Sampler::read_nearest(int y, unsigned char* row) const {
  const std::size_t bytes = source_.elemSize();
  const auto border = border_pixel(source_, fill_);
  for (int x = 0; x < out_.width; ++x, row += bytes) {
    const Point p = map_({x + 0.5, y + 0.5});
    const int sx =
        border_index(static_cast<int>(std::floor(std::clamp(p.x, -1e8, 1e8))), source_.cols, fill_.kind);
    const int sy =
        border_index(static_cast<int>(std::floor(std::clamp(p.y, -1e8, 1e8))), source_.rows, fill_.kind);
    std::memcpy(row,
                sx < 0 || sy < 0 ? border.data() : source_.ptr(sy) + static_cast<std::size_t>(sx) * bytes,
                bytes);
  }
}

}  // namespace doppel::augment
