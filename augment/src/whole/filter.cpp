#include "whole/filter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image_pool.h"
#include "kernels/box.h"
#include "kernels/filter.h"
#include "pooled_vector.h"

namespace doppel::augment {
namespace {

/// The bytes times 128, with `across` and `down` mirrored pixels around.
cv::Mat canvas_of(const cv::Mat& image, int across, int down) {
  const int n = image.channels(), width = image.cols + 2 * across;
  cv::Mat canvas = pooled_image(image.rows + 2 * down, width * n, CV_16S);
  const auto mirrored = [](int i, int count) {
    return cv::borderInterpolate(i, count, cv::BORDER_REFLECT_101);
  };
  PooledVector<int> left, right;
  for (int x = 0; x < across; ++x) {
    left.push_back(mirrored(x - across, image.cols) * n);
    right.push_back(mirrored(image.cols + x, image.cols) * n);
  }
  for (int y = 0; y < canvas.rows; ++y) {
    const unsigned char* from = image.ptr(mirrored(y - down, image.rows));
    short* to = canvas.ptr<short>(y);
    short* inside = to + across * n;
    widen_row(from, image.cols * n, inside);
    for (int x = 0; x < across; ++x)
      for (int c = 0; c < n; ++c) {
        to[x * n + c] = inside[left[static_cast<std::size_t>(x)] + c];
        inside[(image.cols + x) * n + c] = inside[right[static_cast<std::size_t>(x)] + c];
      }
  }
  return canvas;
}

/// The kernel's taps on a canvas; `k` such that their absolutes sum to at most 2^k.
PooledVector<FilterTap> taps_of(const cv::Mat& kernel, const cv::Mat& canvas, int channels, int& k) {
  double total = 0, all = 0, top = 0;
  for (int y = 0; y < kernel.rows; ++y)
    for (int x = 0; x < kernel.cols; ++x) {
      const double w = static_cast<double>(kernel.at<float>(y, x));
      total += w;
      all += std::abs(w);
      top = std::max(top, std::abs(w));
    }
  k = 0;
  while (std::ldexp(1, k) < all - 1e-3 || std::ldexp(top, 15 - k) > 32767) ++k;
  PooledVector<FilterTap> taps;
  const auto step = static_cast<std::ptrdiff_t>(canvas.step1());
  long sum = 0;
  for (int y = 0; y < kernel.rows; ++y)
    for (int x = 0; x < kernel.cols; ++x) {
      const long w = std::lround(std::ldexp(static_cast<double>(kernel.at<float>(y, x)), 15 - k));
      if (w == 0) continue;
      sum += w;
      taps.push_back({y * step + x * channels, static_cast<std::int16_t>(w)});
    }
  if (taps.empty()) return taps;
  // What rounding lost goes to the largest weight: a constant picture stays as it is.
  auto& largest = *std::ranges::max_element(taps, {}, [](const FilterTap& t) { return std::abs(t.weight); });
  largest.weight = static_cast<std::int16_t>(
      std::clamp(largest.weight + std::lround(std::ldexp(total, 15 - k)) - sum, -32767L, 32767L));
  return taps;
}

/// Taps by which of two rows read them; refers to `taps`, whose offsets rise.
class PairedTaps {
 public:
  PairedTaps(std::span<const FilterTap> taps, std::ptrdiff_t step) : taps_(taps), step_(step) {
    // Both rows' lists rise, so they merge.
    std::size_t u = 0, l = 0;
    while (u < taps.size() || l < taps.size()) {
      constexpr std::ptrdiff_t kEnd = std::numeric_limits<std::ptrdiff_t>::max();
      const std::ptrdiff_t of_upper = u < taps.size() ? taps[u].offset : kEnd,
                           of_lower = l < taps.size() ? taps[l].offset + step : kEnd;
      if (of_upper == of_lower)
        both_.push_back({of_upper, taps[u++].weight, taps[l++].weight});
      else if (of_upper < of_lower)
        upper_.push_back(taps[u++]);
      else
        lower_.push_back({of_lower, taps[l++].weight});
    }
  }
  RowPair rows() const { return {taps_, upper_, lower_, both_, step_}; }

 private:
  std::span<const FilterTap> taps_;
  std::ptrdiff_t step_;
  PooledVector<FilterTap> upper_, lower_;
  PooledVector<PairTap> both_;
};

/// Where the passes of a wide Gaussian would cost more than OpenCV's.
constexpr int kWidestReach = 12;

cv::Mat gaussian_bytes(const cv::Mat& image, double sigma, int reach) {
  const int n = image.channels();
  cv::Mat kernel = cv::getGaussianKernel(2 * reach + 1, sigma, CV_32F);
  const cv::Mat canvas = canvas_of(image, reach, reach);
  cv::Mat middle = pooled_image(1, canvas.cols, CV_16S);
  cv::Mat out = pooled_image(image.rows, image.cols, image.type());
  int k = 0, across_k = 0;
  const auto down = taps_of(kernel, canvas, n, k), across = taps_of(kernel.t(), canvas, n, across_k);
  // A single tap would need a bit more than there is.
  if (k != 0) return image.clone();
  for (int y = 0; y < image.rows; ++y) {
    filter_row(canvas.ptr<short>(y), down, canvas.cols, middle.ptr<short>());
    filter_row(middle.ptr<short>(), across, across_k, image.cols * n, out.ptr(y));
  }
  return out;
}

cv::Mat box_bytes(const cv::Mat& image, int size) {
  const int reach = size / 2, channels = image.channels(), n = image.cols * channels;
  cv::Mat sums = pooled_image(1, n + 2 * reach * channels, CV_16U);
  auto* inside = sums.ptr<std::uint16_t>() + reach * channels;
  const auto row = [&](int y) {
    return image.ptr(cv::borderInterpolate(y, image.rows, cv::BORDER_REFLECT_101));
  };
  cv::Mat out = pooled_image(image.rows, image.cols, image.type());
  sums.setTo(0);
  for (int y = -reach; y < reach; ++y) slide_sums(row(y), nullptr, n, inside);
  for (int y = 0; y < image.rows; ++y) {
    slide_sums(row(y + reach), y == 0 ? nullptr : row(y - reach - 1), n, inside);
    for (int x = 1; x <= reach; ++x)
      for (int c = 0; c < channels; ++c) {
        const auto mirrored = [&](int at) {
          return inside[cv::borderInterpolate(at, image.cols, cv::BORDER_REFLECT_101) * channels + c];
        };
        inside[c - x * channels] = mirrored(-x);
        inside[n + (x - 1) * channels + c] = mirrored(image.cols + x - 1);
      }
    box_row(sums.ptr<std::uint16_t>(), channels, size, n, out.ptr(y));
  }
  return out;
}

}  // namespace

cv::Mat box(const cv::Mat& image, int size) {
  if (size == 1) return image.clone();
  if (image.depth() == CV_8U && size <= kWidestBox) return box_bytes(image, size);
  cv::Mat out = pooled_image(image.rows, image.cols, image.type());
  cv::blur(image, out, {size, size}, {-1, -1}, cv::BORDER_REFLECT_101);
  return out;
}

cv::Mat gaussian(const cv::Mat& image, double sigma) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3.5 * sigma)));
  if (image.depth() == CV_8U && reach <= kWidestReach) return gaussian_bytes(image, sigma, reach);
  cv::Mat out = pooled_image(image.rows, image.cols, image.type());
  cv::GaussianBlur(image, out, {2 * reach + 1, 2 * reach + 1}, sigma, sigma, cv::BORDER_REFLECT_101);
  return out;
}

cv::Mat filtered(const cv::Mat& image, const cv::Mat& kernel) {
  cv::Mat out = pooled_image(image.rows, image.cols, image.type());
  if (image.depth() == CV_8U) {
    const int across = kernel.cols / 2, down = kernel.rows / 2, n = image.channels();
    const cv::Mat canvas = canvas_of(image, across, down);
    int k = 0;
    const auto taps = taps_of(kernel, canvas, n, k);
    if (k < kCanvasShift - 2) {
      const PairedTaps pairs(taps, static_cast<std::ptrdiff_t>(canvas.step1()));
      int y = 0;
      for (; y + 1 < image.rows; y += 2)
        filter_two_rows(canvas.ptr<short>(y), pairs.rows(), k, image.cols * n, out.ptr(y), out.ptr(y + 1));
      if (y < image.rows) filter_row(canvas.ptr<short>(y), taps, k, image.cols * n, out.ptr(y));
      return out;
    }
  }
  cv::filter2D(image, out, -1, kernel, {-1, -1}, 0, cv::BORDER_REFLECT_101);
  return out;
}

}  // namespace doppel::augment
