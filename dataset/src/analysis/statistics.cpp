#include "doppel/dataset/analysis/statistics.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/codec/picture.h"

namespace doppel::dataset {
namespace {

int channels_of(const cv::Mat& image, AlphaOver alpha) {
  if (image.channels() == 1) return 1;
  return image.channels() == 4 && alpha == AlphaOver::Keep ? 4 : 3;
}

}  // namespace

PictureStatistics picture_statistics(const Source& source, int channels, std::size_t most,
                                     const OnProgress& progress, AlphaOver alpha) {
  check_channels(channels, alpha);
  PictureStatistics found;
  bool alike = true;
  int looked = 0;
  cv::Scalar sum, square;
  const std::size_t step = std::max<std::size_t>(1, source.size() / std::max<std::size_t>(1, most));
  std::string first_error;
  for (std::size_t i = 0; i < source.size(); i += step) {
    if (progress) progress(i / step, (source.size() + step - 1) / step);
    cv::Mat image;
    try {
      image = load(source, i, channels, alpha).image;
    } catch (const Error& error) {
      if (first_error.empty()) first_error = error.what();
      continue;
    }
    const Size size = augment::size_of(image);
    alike = alike && (!found.size || *found.size == size);
    found.size = size;
    if (found.channels == 0) found.channels = channels != 0 ? channels : channels_of(image, alpha);
    cv::Scalar mean, deviation;
    // Where alpha is kept and the first picture has none, the others' can't count.
    const AlphaOver over = alpha == AlphaOver::Keep && found.channels != 4 ? AlphaOver::Drop : alpha;
    cv::meanStdDev(with_channels(image, found.channels, over), mean, deviation);
    for (int c = 0; c < found.channels; ++c) {
      const double scale = image.depth() == CV_8U ? 1 / 255.0 : 1;
      sum[c] += mean[c] * scale;
      square[c] += (mean[c] * mean[c] + deviation[c] * deviation[c]) * scale * scale;
    }
    ++looked;
  }
  if (looked == 0) throw Error(first_error.empty() ? "the data set holds no samples" : first_error);
  if (!alike) found.size = std::nullopt;
  for (int c = 0; c < found.channels; ++c) {
    const double mean = sum[c] / looked;
    found.mean.push_back(mean);
    found.std.push_back(std::max(1e-3, std::sqrt(std::max(0.0, square[c] / looked - mean * mean))));
  }
  return found;
}

}  // namespace doppel::dataset
