#include "filter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/image_pool.h"
#include "base/pooled_vector.h"
#include "kernels/box.h"
#include "kernels/filter.h"

namespace doppel::augment {
namespace {

cv::Mat place_for(const cv::Mat& image, const cv::Mat& place) {
  return place.empty() ? pooled_image(image.rows, image.cols, image.type()) : place;
}

int mirrored(int at, int count) { return cv::borderInterpolate(at, count, cv::BORDER_REFLECT_101); }

/// A kernel's weights that aren't 0, by which of two rows of a canvas read them.
class PairedTaps {
 public:
  /// `step` bytes from row to row.
  PairedTaps(const cv::Mat& kernel, std::ptrdiff_t step, int channels) {
    const auto taps = taps_of(kernel, step, channels);
    int sum = 0;
    for (const FilterTap& tap : taps) sum += tap.weight;
    start_ = fraction_ > 0 ? filter_start(sum, static_cast<int>(taps.size()), fraction_) : 0;
    // Both rows' lists rise, so they merge.
    std::size_t u = 0, l = 0;
    while (u < taps.size() || l < taps.size()) {
      constexpr std::ptrdiff_t kEnd = std::numeric_limits<std::ptrdiff_t>::max();
      const std::ptrdiff_t of_upper = u < taps.size() ? taps[u].place : kEnd,
                           of_lower = l < taps.size() ? taps[l].place + step : kEnd;
      if (of_upper == of_lower)
        both_.push_back({of_upper, taps[u++].weight, taps[l++].weight});
      else if (of_upper < of_lower)
        upper_.push_back(taps[u++]);
      else
        lower_.push_back({of_lower, taps[l++].weight});
    }
  }
  /// False where the weights are too large for sums of 16 bits to be near enough.
  bool fit() const { return fraction_ > 2; }
  RowPair rows() const { return {upper_, lower_, both_, fraction_, start_}; }

 private:
  PooledVector<FilterTap> taps_of(const cv::Mat& kernel, std::ptrdiff_t step, int channels) {
    double total = 0, all = 0, top = 0;
    const auto weight = [&](int y, int x) { return static_cast<double>(kernel.at<float>(y, x)); };
    for (int y = 0; y < kernel.rows; ++y)
      for (int x = 0; x < kernel.cols; ++x) {
        total += weight(y, x);
        all += std::abs(weight(y, x));
        top = std::max(top, std::abs(weight(y, x)));
      }
    fraction_ = 7;
    while (std::ldexp(1, 7 - fraction_) < all - 1e-3 || std::ldexp(top, 8 + fraction_) > 32767) --fraction_;
    PooledVector<FilterTap> taps;
    long sum = 0;
    for (int y = 0; y < kernel.rows; ++y)
      for (int x = 0; x < kernel.cols; ++x) {
        const long w = std::lround(std::ldexp(weight(y, x), 8 + fraction_));
        if (w == 0) continue;
        sum += w;
        taps.push_back({y * step + x * channels, static_cast<std::int16_t>(w)});
      }
    if (taps.empty()) return taps;
    // What rounding lost goes to the largest weight: a constant image stays as it is.
    auto& largest =
        *std::ranges::max_element(taps, {}, [](const FilterTap& t) { return std::abs(t.weight); });
    largest.weight = static_cast<std::int16_t>(
        std::clamp(largest.weight + std::lround(std::ldexp(total, 8 + fraction_)) - sum, -32767L, 32767L));
    return taps;
  }

  int fraction_ = 0, start_ = 0;
  PooledVector<FilterTap> upper_, lower_;
  PooledVector<PairTap> both_;
};

/// What mirrored rows of one width hold beyond their ends: values by their place before (below 0) or after
/// the row, and which of the row's they repeat.
PooledVector<std::pair<int, int>> mirrored_ends(int width, int channels, int reach) {
  PooledVector<std::pair<int, int>> ends;
  ends.reserve(static_cast<std::size_t>(2 * reach * channels));
  for (const bool after : {false, true})
    for (int i = 0; i < reach; ++i) {
      const int x = after ? width + i : i - reach, from = mirrored(x, width);
      for (int c = 0; c < channels; ++c) ends.emplace_back(x * channels + c, from * channels + c);
    }
  return ends;
}

/// A row of n values to a place that has room for its ends.
void mirror_row(const unsigned char* from, int n, std::span<const std::pair<int, int>> ends,
                unsigned char* to) {
  std::copy_n(from, n, to);
  for (const auto& [place, source] : ends) to[place] = from[source];
}

bool filter_bytes(const cv::Mat& image, const cv::Mat& kernel, cv::Mat& out) {
  const int across = kernel.cols / 2, down = kernel.rows / 2, channels = image.channels(),
            n = image.cols * channels;
  // A row more below, since rows go by twos, and what blocks read beyond it.
  const int cols = image.cols + 2 * across;
  cv::Mat canvas = pooled_image(image.rows + 2 * down + 2 + kFilterPadding / cols, cols, image.type());
  const PairedTaps taps(kernel, static_cast<std::ptrdiff_t>(canvas.step[0]), channels);
  if (!taps.fit()) return false;
  const auto ends = mirrored_ends(image.cols, channels, across);
  for (int row = 0; row <= image.rows + 2 * down; ++row)
    mirror_row(image.ptr(mirrored(row - down, image.rows)), n, ends, canvas.ptr(row) + across * channels);
  int y = 0;
  for (; y + 1 < image.rows; y += 2)
    filter_two_rows(canvas.ptr(y), taps.rows(), n, out.ptr(y), out.ptr(y + 1));
  if (y < image.rows) {
    cv::Mat beyond = pooled_image(1, image.cols, image.type());
    filter_two_rows(canvas.ptr(y), taps.rows(), n, out.ptr(y), beyond.ptr());
  }
  return true;
}

/// Where the passes of a wide Gaussian would cost more than OpenCV's.
constexpr int kWidestReach = 12;

/// Half a Gaussian in 15 bits, the centre first; the whole sums to 1.
PooledVector<std::int16_t> half_gaussian(double sigma, int reach) {
  const auto density = [sigma](int j) { return std::exp(-0.5 * j * j / (sigma * sigma)); };
  double sum = 1;
  for (int j = 1; j <= reach; ++j) sum += 2 * density(j);
  PooledVector<std::int16_t> weights(static_cast<std::size_t>(reach) + 1);
  long rest = 32768;
  for (int j = reach; j > 0; --j) {
    const long w = std::lround(density(j) / sum * 32768);
    weights[static_cast<std::size_t>(j)] = static_cast<std::int16_t>(w);
    rest -= 2 * w;
  }
  weights[0] = static_cast<std::int16_t>(std::min(rest, 32767L));
  return weights;
}

/// Rows are blurred across as the window comes down to them, and kept while it needs them.
void gaussian_bytes(const cv::Mat& image, double sigma, int reach, cv::Mat& out) {
  const int channels = image.channels(), n = image.cols * channels, window = 2 * reach + 1;
  const auto weights = half_gaussian(sigma, reach);
  cv::Mat padded = pooled_image(1, n + 2 * reach * channels, CV_8U), ring = pooled_image(window, n, CV_16S);
  unsigned char* const inside = padded.ptr() + reach * channels;
  const auto ends = mirrored_ends(image.cols, channels, reach);
  PooledVector<const std::int16_t*> rows(static_cast<std::size_t>(window));
  int ready = 0;
  for (int y = 0; y < image.rows; ++y) {
    for (; ready < std::min(image.rows, y + reach + 1); ++ready) {
      mirror_row(image.ptr(ready), n, ends, inside);
      symmetric_across(inside, channels, weights, n, ring.ptr<short>(ready % window));
    }
    for (int j = 0; j < window; ++j)
      rows[static_cast<std::size_t>(j)] = ring.ptr<short>(mirrored(y - reach + j, image.rows) % window);
    symmetric_down(rows.data(), weights, n, out.ptr(y));
  }
}

void box_bytes(const cv::Mat& image, int size, cv::Mat& out) {
  const int reach = size / 2, channels = image.channels(), n = image.cols * channels;
  cv::Mat sums = pooled_image(1, n + 2 * reach * channels, CV_16U);
  auto* inside = sums.ptr<std::uint16_t>() + reach * channels;
  const auto ends = mirrored_ends(image.cols, channels, reach);
  const auto row = [&](int y) { return image.ptr(mirrored(y, image.rows)); };
  std::fill_n(sums.ptr<std::uint16_t>(), sums.cols, std::uint16_t{0});
  for (int y = -reach; y < reach; ++y) slide_sums(row(y), nullptr, n, inside);
  for (int y = 0; y < image.rows; ++y) {
    slide_sums(row(y + reach), y == 0 ? nullptr : row(y - reach - 1), n, inside);
    for (const auto& [to, from] : ends) inside[to] = inside[from];
    box_row(sums.ptr<std::uint16_t>(), channels, size, n, out.ptr(y));
  }
}

}  // namespace

cv::Mat box(const cv::Mat& image, int size, const cv::Mat& place) {
  cv::Mat out = place_for(image, place);
  if (size == 1)
    image.copyTo(out);
  else if (image.depth() == CV_8U && size <= kWidestBox)
    box_bytes(image, size, out);
  else
    cv::blur(image, out, {size, size}, {-1, -1}, cv::BORDER_REFLECT_101);
  return out;
}

cv::Mat gaussian(const cv::Mat& image, double sigma, const cv::Mat& place) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3.5 * sigma)));
  cv::Mat out = place_for(image, place);
  if (image.depth() == CV_8U && reach <= kWidestReach)
    gaussian_bytes(image, sigma, reach, out);
  else
    cv::GaussianBlur(image, out, {2 * reach + 1, 2 * reach + 1}, sigma, sigma, cv::BORDER_REFLECT_101);
  return out;
}

cv::Mat filtered(const cv::Mat& image, const cv::Mat& kernel, const cv::Mat& place) {
  cv::Mat out = place_for(image, place);
  if (image.depth() != CV_8U || !filter_bytes(image, kernel, out))
    cv::filter2D(image, out, -1, kernel, {-1, -1}, 0, cv::BORDER_REFLECT_101);
  return out;
}

}  // namespace doppel::augment
