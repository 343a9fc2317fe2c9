#include "superpixels.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/image_pool.h"
#include "base/pooled_vector.h"
#include "kernels/noise.h"
#include "render/sampling/area.h"
#include "repeat.h"

namespace doppel::augment {
namespace {

struct Center {
  float x, y, color[3];
};

/// Labels of SLIC (Achanta 2012): each pixel to the nearest centre by colour and place, three rounds, on a
/// grid of centres.
cv::Mat slic(const cv::Mat& f, int count) {
  const int n = f.channels();
  const double step = std::max(1.0, std::sqrt(double(f.rows) * f.cols / count));
  const int rows = std::max(1, static_cast<int>(std::lround(f.rows / step))),
            cols = std::max(1, static_cast<int>(std::lround(f.cols / step)));
  PooledVector<Center> centers;
  const auto color_at = [&](int y, int x, int c) { return f.ptr<float>(y)[x * n + std::min(c, n - 1)]; };
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < cols; ++c) {
      const int x = (2 * c + 1) * f.cols / (2 * cols), y = (2 * r + 1) * f.rows / (2 * rows);
      centers.push_back({static_cast<float>(x),
                         static_cast<float>(y),
                         {color_at(y, x, 0), color_at(y, x, 1), color_at(y, x, 2)}});
    }
  cv::Mat labels = pooled_zeros(f.rows, f.cols, CV_32S);
  const float nearness =
      static_cast<float>(0.15 * 0.15 / (step * step));  // a step away counts as much as 0.15 of colour
  for (int round = 0; round < 3; ++round) {
    for (int y = 0; y < f.rows; ++y)
      for (int x = 0; x < f.cols; ++x) {
        const int cell_r = y * rows / f.rows, cell_c = x * cols / f.cols;
        float best = 1e30F;
        for (int r = std::max(0, cell_r - 1); r <= std::min(rows - 1, cell_r + 1); ++r)
          for (int c = std::max(0, cell_c - 1); c <= std::min(cols - 1, cell_c + 1); ++c) {
            const Center& k = centers[static_cast<std::size_t>(r * cols + c)];
            const float dx = static_cast<float>(x) - k.x, dy = static_cast<float>(y) - k.y;
            float distance = nearness * (dx * dx + dy * dy);
            for (int i = 0; i < 3; ++i) {
              const float d = color_at(y, x, i) - k.color[i];
              distance += d * d;
            }
            if (distance < best) {
              best = distance;
              labels.at<int>(y, x) = r * cols + c;
            }
          }
      }
    PooledVector<Center> sums(centers.size(), Center{0, 0, {0, 0, 0}});
    PooledVector<float> counts(centers.size(), 0.F);
    for (int y = 0; y < f.rows; ++y)
      for (int x = 0; x < f.cols; ++x) {
        const auto k = static_cast<std::size_t>(labels.at<int>(y, x));
        sums[k].x += static_cast<float>(x);
        sums[k].y += static_cast<float>(y);
        for (int i = 0; i < 3; ++i) sums[k].color[i] += color_at(y, x, i);
        counts[k] += 1;
      }
    for (std::size_t k = 0; k < centers.size(); ++k)
      if (counts[k] > 0)
        centers[k] = {
            sums[k].x / counts[k],
            sums[k].y / counts[k],
            {sums[k].color[0] / counts[k], sums[k].color[1] / counts[k], sums[k].color[2] / counts[k]}};
  }
  return labels;
}

}  // namespace

cv::Mat superpixels(const cv::Mat& image, const op::Superpixels& op) {
  // Patches are found on at most 128 pixels a side, and their means taken there.
  const double scale = std::min(1.0, 128.0 / std::max(image.rows, image.cols));
  const Size size{std::max(1, static_cast<int>(std::lround(image.rows * scale))),
                  std::max(1, static_cast<int>(std::lround(image.cols * scale)))};
  const cv::Mat patches = slic(pooled_floats(shrunk(image, size)), op.count);
  cv::Mat labels = pooled_like(image, CV_32S);
  repeat_pixels(patches, labels);
  double most = 0;
  cv::minMaxLoc(labels, nullptr, &most);
  const auto count = static_cast<std::size_t>(most) + 1;
  const auto n = static_cast<std::size_t>(image.channels());
  PooledVector<double> sums(count * n, 0.0), pixels(count, 0.0);
  const bool bytes = image.depth() == CV_8U;
  const auto value = [&](int y, std::size_t i) {
    return bytes ? static_cast<double>(image.ptr(y)[i]) : static_cast<double>(image.ptr<float>(y)[i]);
  };
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) {
      const auto k = static_cast<std::size_t>(labels.at<int>(y, x));
      for (std::size_t c = 0; c < n; ++c) sums[k * n + c] += value(y, static_cast<std::size_t>(x) * n + c);
      pixels[k] += 1;
    }
  const RowKey key = RowKey::of(op.seed, 0, 0);
  cv::Mat out = pooled_copy(image);
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) {
      const auto k = static_cast<std::size_t>(labels.at<int>(y, x));
      if (static_cast<double>(uniform_at(key, static_cast<int>(k))) >= op.share) continue;
      for (std::size_t c = 0; c < n; ++c) {
        const double mean = sums[k * n + c] / pixels[k];
        if (bytes)
          out.ptr(y)[static_cast<std::size_t>(x) * n + c] = static_cast<unsigned char>(mean + 0.5);
        else
          out.ptr<float>(y)[static_cast<std::size_t>(x) * n + c] = static_cast<float>(mean);
      }
    }
  return out;
}

}  // namespace doppel::augment
