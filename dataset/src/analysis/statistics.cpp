#include "doppel/dataset/analysis/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "sources/decoded.h"

namespace doppel::dataset {
namespace {

int channels_of(const augment::Sample& sample, AlphaOver alpha) {
  const int channels = sample.image.channels();
  if (channels < 3 || channels > 4) return channels;
  return channels == 4 && (alpha == AlphaOver::Keep || sample.bands) ? 4 : 3;
}

/// Sums over images of what their channels are like, in shares of the full range.
class ChannelSums {
 public:
  /// Fixed where `channels` isn't 0; else as many as any image has.
  ChannelSums(int channels, AlphaOver alpha) : fixed_(channels), channels_(channels), alpha_(alpha) {}
  int channels() const { return channels_; }
  void add(const augment::Sample& sample) {
    const cv::Mat& image = sample.image;
    if (fixed_ == 0) widen(channels_of(sample, alpha_));
    // An image without alpha among others that keep theirs is opaque; of 3 channels alpha can't be kept.
    const AlphaOver over = alpha_ == AlphaOver::Keep && channels_ != 4 ? AlphaOver::Drop : alpha_;
    const cv::Mat numbers = with_channels(image, channels_, over);
    const double scale = 1 / full_range(image);
    for (int c = 0; c < channels_; ++c) {
      cv::Mat channel;
      cv::extractChannel(numbers, channel, c);
      cv::Scalar mean, deviation;
      cv::meanStdDev(channel, mean, deviation);
      const auto k = static_cast<std::size_t>(c);
      sum_[k] += mean[0] * scale;
      square_[k] += (mean[0] * mean[0] + deviation[0] * deviation[0]) * scale * scale;
    }
    ++looked_;
  }
  void finish(ImageStatistics& found) const {
    found.channels = channels_;
    for (int c = 0; c < channels_; ++c) {
      const auto k = static_cast<std::size_t>(c);
      const double mean = sum_[k] / looked_;
      found.mean.push_back(mean);
      found.std.push_back(std::max(1e-3, std::sqrt(std::max(0.0, square_[k] / looked_ - mean * mean))));
    }
  }

 private:
  /// What was grey is the same three times, and what had no alpha was opaque.
  void widen(int channels) {
    if (channels_ == 1 && channels > 1)
      for (std::size_t c = 1; c < 3; ++c) sum_[c] = sum_[0], square_[c] = square_[0];
    if (channels_ < 4 && channels == 4) sum_[3] = square_[3] = looked_;
    channels_ = std::max(channels_, channels);
  }

  int fixed_, channels_;
  AlphaOver alpha_;
  int looked_ = 0;
  std::array<double, kMostChannels> sum_{}, square_{};
};

}  // namespace

bool lies_beyond(const cv::Mat& image) {
  constexpr double kNear = 0.01;
  if (image.depth() != CV_32F || image.empty()) return false;
  double least = 0, most = 0;
  cv::minMaxLoc(image.reshape(1), &least, &most);
  return least < -kNear || most > 1 + kNear;
}

bool uses_few_levels(const ImageFacts& facts, const cv::Mat& image) {
  if (image.depth() == CV_32F || (image.depth() == CV_8U && facts.bits <= 8)) return false;
  if (image.depth() == CV_8U) {
    std::array<bool, 256> used{};
    for (int y = 0; y < image.rows; ++y)
      for (std::size_t x = 0; x < image.cols * image.elemSize(); ++x) used[image.ptr(y)[x]] = true;
    return std::ranges::count(used, true) < 32;
  }
  constexpr double kLittle = 65536 / 8.0;
  double least = 0, most = 0;
  cv::minMaxLoc(image.reshape(1), &least, &most);
  return most < kLittle;
}

std::pair<double, double> measured_range(const Source& source, std::size_t most, const OnProgress& progress) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const std::size_t step = std::max<std::size_t>(1, source.size() / std::max<std::size_t>(1, most));
  std::string first_error;
  for (std::size_t i = 0; i < source.size(); i += step) {
    if (progress) progress(i / step, (source.size() + step - 1) / step);
    try {
      const augment::Sample sample = load(source, i, 0, AlphaOver::Keep);
      const cv::Mat& image = sample.image;
      cv::Mat colors = image;
      if (image.channels() == 4 && !sample.bands) cv::cvtColor(image, colors, cv::COLOR_RGBA2RGB);
      double least = 0, largest = 0;
      cv::minMaxLoc(colors.reshape(1), &least, &largest);
      low = std::min(low, least);
      high = std::max(high, largest);
    } catch (const Error& error) {
      if (first_error.empty()) first_error = error.what();
    }
  }
  if (low > high) throw Error(first_error.empty() ? "the data set holds no samples" : first_error);
  if (low == high)
    throw Error(fmt::format("all numbers of the images looked at are {:g}: that is no range", low));
  return {low, high};
}

ImageStatistics image_statistics(const Source& source, int channels, std::size_t most,
                                 const OnProgress& progress, AlphaOver alpha) {
  check_channels(channels, alpha);
  ImageStatistics found;
  bool alike = true;
  ChannelSums sums(channels, alpha);
  const std::size_t step = std::max<std::size_t>(1, source.size() / std::max<std::size_t>(1, most));
  std::string first_error;
  for (std::size_t i = 0; i < source.size(); i += step) {
    if (progress) progress(i / step, (source.size() + step - 1) / step);
    augment::Sample sample;
    ImageFacts facts;
    try {
      sample = load(source, i, channels, alpha, &facts);
    } catch (const Error& error) {
      if (first_error.empty()) first_error = error.what();
      continue;
    }
    const cv::Mat& image = sample.image;
    const Size size = augment::size_of(image);
    alike = alike && (!found.size || *found.size == size);
    found.size = size;
    sums.add(sample);
    found.bands = found.bands || sample.bands || is_banded(image.channels());
    ++found.looked_at;
    if (uses_few_levels(facts, image)) ++found.few_levels;
    if (lies_beyond(image)) ++found.beyond;
    if (!sample.bands && is_transparent(image)) ++found.transparent;
  }
  if (found.looked_at == 0) throw Error(first_error.empty() ? "the data set holds no samples" : first_error);
  if (!alike) found.size = std::nullopt;
  sums.finish(found);
  return found;
}

}  // namespace doppel::dataset
