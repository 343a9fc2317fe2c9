#include "geometry/area.h"

#include <algorithm>
#include <cmath>

#include "image_pool.h"
#include "kernels/warp.h"

namespace doppel::augment {
namespace {

/// sum[i] = the weighted sum of number i of the rows below output row y.
template <class T>
void add_rows(const cv::Mat& source, const AreaAxis& down, int y, const std::array<float, 4>& color,
              float* __restrict sum) {
  const int* places = down.places(y);
  const float* weights = down.weights(y);
  const int n = source.cols * source.channels(), channels = source.channels();
  std::fill_n(sum, n, 0.F);
  for (int t = 0; t < down.taps(); ++t) {
    const float w = weights[t];
    if (w == 0) continue;
    if (places[t] < 0) {
      for (int i = 0; i < n; ++i) sum[i] += w * color[static_cast<std::size_t>(i % channels)];
      continue;
    }
    const T* __restrict row = source.ptr<T>(places[t]);
    for (int i = 0; i < n; ++i) sum[i] += w * static_cast<float>(row[i]);
  }
}

template <class T>
T rounded(float v) {
  if constexpr (std::is_same_v<T, float>) return v;
  return static_cast<T>(v + 0.5F);
}

/// `kTaps` is 0 where it's known only at run time.
template <class T, int C, int kTaps>
void read_across(const float* sum, const AreaAxis& across, const std::array<float, 4>& color, int width,
                 T* out) {
  const int taps = kTaps > 0 ? kTaps : across.taps();
  for (int x = 0; x < width; ++x, out += C) {
    const int* places = across.places(x);
    const float* weights = across.weights(x);
    std::array<float, C> v{};
    for (int t = 0; t < taps; ++t) {
      const float* from = places[t] < 0 ? color.data() : sum + places[t] * C;
      for (std::size_t c = 0; c < C; ++c) v[c] += weights[t] * from[c];
    }
    for (std::size_t c = 0; c < C; ++c) out[c] = rounded<T>(v[c]);
  }
}

template <class T, int C>
void read_across(const float* sum, const AreaAxis& across, const std::array<float, 4>& color, int width,
                 T* out) {
  if (across.taps() == 2) return read_across<T, C, 2>(sum, across, color, width, out);
  if (across.taps() == 3) return read_across<T, C, 3>(sum, across, color, width, out);
  read_across<T, C, 0>(sum, across, color, width, out);
}

template <class T>
void read_row(const cv::Mat& source, const AreaAxis& across, const AreaAxis& down,
              const std::array<float, 4>& color, int y, int width, float* sum, T* out) {
  add_rows<T>(source, down, y, color, sum);
  switch (source.channels()) {
    case 1:
      return read_across<T, 1>(sum, across, color, width, out);
    case 3:
      return read_across<T, 3>(sum, across, color, width, out);
    default:
      return read_across<T, 4>(sum, across, color, width, out);
  }
}

}  // namespace

bool shrinks_straight(const Matrix3& back) {
  const auto& m = back.m;
  return back.is_affine() && m[1] == 0 && m[3] == 0 && std::max(std::abs(m[0]), std::abs(m[4])) > 2;
}

AreaAxis::AreaAxis(double origin, double step, int count, int source, Fill::Kind border) {
  const double width = std::abs(step);
  const int taps = static_cast<int>(std::ceil(std::max(1.0, width))) + 1;
  places_ = pooled_image(count, taps, CV_32S);
  weights_ = pooled_image(count, taps, CV_32F);
  for (int i = 0; i < count; ++i) {
    const double a = std::min(origin + i * step, origin + (i + 1) * step), centre = a + width / 2;
    const double low = width > 1 ? a : centre - 0.5, high = width > 1 ? a + width : centre + 0.5;
    const double first = std::floor(low + 1e-9);
    for (int t = 0; t < taps; ++t) {
      const double place = first + t;
      const double overlap = std::max(0.0, std::min(high, place + 1) - std::max(low, place));
      weights_.at<float>(i, t) = static_cast<float>(overlap / (high - low));
      places_.at<int>(i, t) = border_index(static_cast<int>(std::clamp(place, -1e8, 1e8)), source, border);
    }
  }
}

void read_area(const cv::Mat& source, const AreaAxis& across, const AreaAxis& down,
               const std::array<float, 4>& color, int y, int width, float* sum, unsigned char* row) {
  if (source.depth() == CV_8U)
    read_row(source, across, down, color, y, width, sum, row);
  else
    read_row(source, across, down, color, y, width, sum, reinterpret_cast<float*>(row));
}

cv::Mat shrunk(const cv::Mat& image, Size size) {
  const AreaAxis across(0, double(image.cols) / size.width, size.width, image.cols, Fill::Kind::Replicate);
  const AreaAxis down(0, double(image.rows) / size.height, size.height, image.rows, Fill::Kind::Replicate);
  cv::Mat sum = pooled_image(1, image.cols * image.channels(), CV_32F);
  cv::Mat out = pooled_image(size.height, size.width, image.type());
  for (int y = 0; y < out.rows; ++y)
    read_area(image, across, down, {}, y, out.cols, sum.ptr<float>(), out.ptr(y));
  return out;
}

}  // namespace doppel::augment
