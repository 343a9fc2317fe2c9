#include "morphology.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/image_pool.h"
#include "base/pooled_vector.h"
#include "kernels/extreme.h"

namespace doppel::augment {
namespace {

/// Half the width of a disc at a height from its middle; -1 beyond it.
int half_chord(double radius, int height) {
  const double squared = radius * radius + 0.5 - height * height;
  return squared < 0 ? -1 : static_cast<int>(std::sqrt(squared));
}

/// Extremes of each row over windows of every width up to the disc's, for the last rows that came.
class RowWindows {
 public:
  RowWindows(int width, int channels, int reach, Extreme which)
      : n_(width * channels),
        channels_(channels),
        margin_(reach * channels),
        reach_(reach),
        which_(which),
        kept_(pooled_image((2 * reach + 1) * (reach + 1), n_ + 2 * margin_, CV_8U)) {
    std::fill_n(kept_.ptr(), kept_.total(), which == Extreme::Largest ? std::uint8_t{0} : std::uint8_t{255});
  }
  void take(int y, const unsigned char* row) {
    std::copy_n(row, n_, at(y, 0) + margin_);
    for (int half = 1; half <= reach_; ++half) {
      // What the widest windows will read beyond the row.
      const int beyond = (reach_ - half) * channels_;
      const auto* narrower = at(y, half - 1) + margin_ - beyond;
      const std::array<const std::uint8_t*, 3> parts{narrower - channels_, narrower + channels_, narrower};
      extreme_of_rows(which_, std::span(parts).first(half == 1 ? 3 : 2), n_ + 2 * beyond,
                      at(y, half) + margin_ - beyond);
    }
  }
  /// Row y's extremes over `half` pixels to either side.
  const std::uint8_t* window(int y, int half) { return at(y, half) + margin_; }

 private:
  unsigned char* at(int y, int half) { return kept_.ptr(y % (2 * reach_ + 1) * (reach_ + 1) + half); }

  int n_, channels_, margin_, reach_;
  Extreme which_;
  cv::Mat kept_;
};

void extremes_of_bytes(const cv::Mat& image, double radius, Extreme which, cv::Mat& out) {
  const int reach = half_chord(radius, 0);
  RowWindows windows(image.cols, image.channels(), reach, which);
  PooledVector<int> halves;
  for (int dy = 0; dy <= reach; ++dy) halves.push_back(half_chord(radius, dy));
  PooledVector<const std::uint8_t*> rows;
  int ready = 0;
  for (int y = 0; y < image.rows; ++y) {
    const int last = std::min(image.rows - 1, y + reach);
    for (; ready <= last; ++ready) windows.take(ready, image.ptr(ready));
    rows.clear();
    for (int from = std::max(0, y - reach); from <= last; ++from)
      rows.push_back(windows.window(from, halves[static_cast<std::size_t>(std::abs(from - y))]));
    extreme_of_rows(which, rows, image.cols * image.channels(), out.ptr(y));
  }
}

}  // namespace

cv::Mat extremes(const cv::Mat& image, const op::Morphology& o) {
  const bool dilates = o.mode == op::Morphology::Mode::Dilate;
  cv::Mat out = pooled_like(image, image.type());
  if (image.depth() == CV_8U) {
    extremes_of_bytes(image, o.radius, dilates ? Extreme::Largest : Extreme::Smallest, out);
    return out;
  }
  const int reach = std::max(1, half_chord(o.radius, 0));
  cv::Mat disc = pooled_image(2 * reach + 1, 2 * reach + 1, CV_8U);
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x)
      disc.at<unsigned char>(y + reach, x + reach) = std::abs(x) <= half_chord(o.radius, std::abs(y)) ? 1 : 0;
  if (dilates)
    cv::dilate(image, out, disc);
  else
    cv::erode(image, out, disc);
  return out;
}

}  // namespace doppel::augment
