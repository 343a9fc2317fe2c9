#include "doppel/dataset/analysis/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <span>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"

namespace doppel::dataset {
namespace {

int channels_of(const cv::Mat& image, AlphaOver alpha) {
  if (image.channels() == 1) return 1;
  return image.channels() == 4 && alpha == AlphaOver::Keep ? 4 : 3;
}

/// Sums over images of what their channels are like, in shares of the full range.
class ChannelSums {
 public:
  /// Fixed where `channels` isn't 0; else as many as any image has.
  ChannelSums(int channels, AlphaOver alpha) : fixed_(channels), channels_(channels), alpha_(alpha) {}
  int channels() const { return channels_; }
  void add(const cv::Mat& image) {
    if (fixed_ == 0) widen(channels_of(image, alpha_));
    cv::Scalar mean, deviation;
    // An image without alpha among others that keep theirs is opaque; of 3 channels alpha can't be kept.
    const AlphaOver over = alpha_ == AlphaOver::Keep && channels_ != 4 ? AlphaOver::Drop : alpha_;
    cv::meanStdDev(with_channels(image, channels_, over), mean, deviation);
    const double scale = image.depth() == CV_8U ? 1 / 255.0 : 1;
    for (int c = 0; c < channels_; ++c) {
      sum_[c] += mean[c] * scale;
      square_[c] += (mean[c] * mean[c] + deviation[c] * deviation[c]) * scale * scale;
    }
    ++looked_;
  }
  void finish(ImageStatistics& found) const {
    found.channels = channels_;
    for (int c = 0; c < channels_; ++c) {
      const double mean = sum_[c] / looked_;
      found.mean.push_back(mean);
      found.std.push_back(std::max(1e-3, std::sqrt(std::max(0.0, square_[c] / looked_ - mean * mean))));
    }
  }

 private:
  /// What was grey is the same three times, and what had no alpha was opaque.
  void widen(int channels) {
    if (channels_ == 1 && channels > 1)
      for (int c = 1; c < 3; ++c) sum_[c] = sum_[0], square_[c] = square_[0];
    if (channels_ < 4 && channels == 4) sum_[3] = square_[3] = looked_;
    channels_ = std::max(channels_, channels);
  }

  int fixed_, channels_;
  AlphaOver alpha_;
  int looked_ = 0;
  cv::Scalar sum_, square_;
};

}  // namespace

bool uses_few_levels(const ImageFacts& facts, const cv::Mat& image) {
  constexpr std::ptrdiff_t kFew = 32;
  if (facts.bits <= 8 || image.depth() != CV_8U) return false;
  std::array<bool, 256> used{};
  for (int y = 0; y < image.rows; ++y)
    for (const unsigned char level : std::span(image.ptr(y), image.cols * image.elemSize()))
      used[level] = true;
  return std::ranges::count(used, true) < kFew;
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
    cv::Mat image;
    ImageFacts facts;
    try {
      image = load(source, i, channels, alpha, &facts).image;
    } catch (const Error& error) {
      if (first_error.empty()) first_error = error.what();
      continue;
    }
    const Size size = augment::size_of(image);
    alike = alike && (!found.size || *found.size == size);
    found.size = size;
    sums.add(image);
    ++found.looked_at;
    if (uses_few_levels(facts, image)) ++found.few_levels;
    if (is_transparent(image)) ++found.transparent;
  }
  if (found.looked_at == 0) throw Error(first_error.empty() ? "the data set holds no samples" : first_error);
  if (!alike) found.size = std::nullopt;
  sums.finish(found);
  return found;
}

}  // namespace doppel::dataset
