#include "area.h"

#include <algorithm>
#include <cmath>

#include "base/image_pool.h"
#include "kernels/area.h"
#include "kernels/warp.h"

namespace doppel::augment {

bool shrinks_straight(const Matrix3& back, double least) {
  const auto& m = back.m;
  return back.is_affine() && m[1] == 0 && m[3] == 0 && std::max(std::abs(m[0]), std::abs(m[4])) > least;
}

AreaAxis::AreaAxis(const Range& range, int source, Fill::Kind border, Reads reads) {
  const double step = range.step, width = reads == Reads::Between ? 1 : std::abs(step);
  const int taps = static_cast<int>(std::ceil(std::max(1.0, width))) + 1;
  places_ = pooled_image(range.count, taps, CV_32S);
  weights_ = pooled_image(range.count, taps, CV_32F);
  for (int i = 0; i < range.count; ++i) {
    int* places = places_.ptr<int>(i);
    float* weights = weights_.ptr<float>(i);
    const double centre = range.origin + (i + 0.5) * step, half = std::max(1.0, width) / 2;
    const double low = centre - half, high = centre + half;
    const double first = std::floor(low + 1e-9), share = 1 / (high - low);
    for (int t = 0; t < taps; ++t) {
      const double place = first + t;
      const double overlap = std::max(0.0, std::min(high, place + 1) - std::max(low, place));
      weights[t] = static_cast<float>(overlap * share);
      places[t] = border_index(static_cast<int>(std::clamp(place, -1e8, 1e8)), source, border);
    }
  }
}

AreaReader::AreaReader(const cv::Mat& source, const AreaAxis::Range& across, const AreaAxis::Range& down,
                       Fill::Kind border, const float* color, AreaAxis::Reads reads)
    : source_(source),
      across_(across, source.cols, border, reads),
      down_(down, source.rows, border, reads),
      width_(across.count) {
  const int channels = source.channels(), n = source.cols * channels;
  sum_ = pooled_image(1, n + channels + kAreaPadding, CV_32F);
  std::fill_n(sum_.ptr<float>() + n, channels + kAreaPadding, 0.F);
  if (color) std::copy_n(color, channels, sum_.ptr<float>() + n);
  // From pixels to numbers; the border's colour lies after the last.
  for (int x = 0; x < across.count; ++x)
    for (int t = 0; t < across_.taps(); ++t) {
      int& place = across_.places(x)[t];
      place = place < 0 ? n : place * channels;
    }
  if (border != Fill::Kind::Color) return;
  beyond_ = pooled_image(1, source.cols, source.type());
  for (int i = 0; i < n; ++i) {
    const float v = color[i % channels];
    if (source.depth() == CV_8U)
      beyond_.ptr()[i] = static_cast<unsigned char>(v);
    else if (source.depth() == CV_16U)
      beyond_.ptr<std::uint16_t>()[i] = static_cast<std::uint16_t>(v);
    else
      beyond_.ptr<float>()[i] = v;
  }
}

void AreaReader::read(int y, unsigned char* row) {
  if (source_.depth() == CV_8U)
    read_typed(y, row);
  else if (source_.depth() == CV_16U)
    read_typed(y, reinterpret_cast<std::uint16_t*>(row));
  else
    read_typed(y, reinterpret_cast<float*>(row));
}

template <class T>
void AreaReader::read_typed(int y, T* row) {
  rows_.clear();
  shares_.clear();
  for (int t = 0; t < down_.taps(); ++t) {
    if (down_.weights(y)[t] == 0) continue;
    const int place = down_.places(y)[t];
    rows_.push_back(place < 0 ? beyond_.ptr<T>() : source_.ptr<T>(place));
    shares_.push_back(down_.weights(y)[t]);
  }
  auto* sum = sum_.ptr<float>();
  const int n = source_.cols * source_.channels();
  if constexpr (sizeof(T) == 1)
    sum_byte_rows(rows_.data(), shares_.data(), static_cast<int>(rows_.size()), n, sum);
  else if constexpr (sizeof(T) == 2)
    sum_short_rows(rows_.data(), shares_.data(), static_cast<int>(rows_.size()), n, sum);
  else
    sum_float_rows(rows_.data(), shares_.data(), static_cast<int>(rows_.size()), n, sum);
  read_pixels(sum, across_.places(0), across_.weights(0), across_.taps(), source_.channels(), width_, row);
}

cv::Mat shrunk(const cv::Mat& image, Size size) {
  AreaReader reader(image, {0, double(image.cols) / size.width, size.width},
                    {0, double(image.rows) / size.height, size.height}, Fill::Kind::Replicate);
  cv::Mat out = pooled_image(size.height, size.width, image.type());
  for (int y = 0; y < out.rows; ++y) reader.read(y, out.ptr(y));
  return out;
}

}  // namespace doppel::augment
