#include "repeat.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/pooled_vector.h"

namespace doppel::augment {

void repeat_pixels(const cv::Mat& small, cv::Mat& out) {
  const std::size_t pixel = small.elemSize(), row_bytes = pixel * static_cast<std::size_t>(out.cols);
  const auto place = [](int i, int from, int to) {
    return std::min(from - 1, static_cast<int>(i * (1 / (static_cast<double>(to) / from))));
  };
  PooledVector<std::size_t> offset(static_cast<std::size_t>(out.cols));
  for (int x = 0; x < out.cols; ++x)
    offset[static_cast<std::size_t>(x)] = pixel * static_cast<std::size_t>(place(x, small.cols, out.cols));
  const auto fill = [&](const uchar* in, uchar* to, auto size) {
    for (const std::size_t from : offset) {
      std::memcpy(to, in + from, size());
      to += size();
    }
  };
  for (int y = 0, last = -1; y < out.rows; ++y) {
    const int from = place(y, small.rows, out.rows);
    if (std::exchange(last, from) == from)
      std::memcpy(out.ptr(y), out.ptr(y - 1), row_bytes);
    else if (pixel == 3)
      fill(small.ptr(from), out.ptr(y), std::integral_constant<std::size_t, 3>());
    else
      fill(small.ptr(from), out.ptr(y), [pixel] { return pixel; });
  }
}

}  // namespace doppel::augment
