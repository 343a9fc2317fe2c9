#include "whole/morphology.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image_pool.h"
#include "kernels/extreme.h"

namespace doppel::augment {
namespace {

/// Half the width of a disc at a height from its middle; -1 beyond it.
int half_chord(double radius, int height) {
  const double squared = radius * radius + 0.5 - height * height;
  return squared < 0 ? -1 : static_cast<int>(std::sqrt(squared));
}

/// Each row's extremes over wider and wider windows, laid over the rows above and below that see them.
void extremes_of_bytes(const cv::Mat& image, double radius, Extreme which, cv::Mat& out) {
  const int channels = image.channels(), n = image.cols * channels, reach = half_chord(radius, 0),
            margin = reach * channels;
  const unsigned char neutral = which == Extreme::Largest ? 0 : 255;
  cv::Mat windows = pooled_image(2, n + 2 * margin, CV_8U);
  std::fill_n(out.ptr(), out.total() * out.elemSize(), neutral);
  for (int y = 0; y < image.rows; ++y) {
    std::fill_n(windows.ptr(), windows.total(), neutral);
    unsigned char *window = windows.ptr(0) + margin, *wider = windows.ptr(1) + margin;
    std::copy_n(image.ptr(y), n, window);
    for (int half = 0; half <= reach; ++half) {
      // How far the window's values reach beyond the row.
      const int beyond = std::max(0, reach - half) * channels;
      if (half > 0) {
        extreme_row(which, window - channels - beyond, window + channels - beyond, n + 2 * beyond,
                    wider - beyond);
        if (half == 1) extreme_row(which, wider - beyond, window - beyond, n + 2 * beyond, wider - beyond);
        std::swap(window, wider);
      }
      for (int dy = -reach; dy <= reach; ++dy)
        if (half_chord(radius, std::abs(dy)) == half && y + dy >= 0 && y + dy < image.rows)
          extreme_row(which, window, out.ptr(y + dy), n, out.ptr(y + dy));
    }
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
