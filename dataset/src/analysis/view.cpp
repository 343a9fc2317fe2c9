#include "doppel/dataset/analysis/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <vector>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// Numbers that are looked at, evenly spread.
constexpr std::size_t kMostNumbers = 100'000;

/// Of what is shown, those that are numbers.
std::vector<float> numbers_of(const cv::Mat& image, const View& view) {
  std::vector<float> numbers;
  for (int k = 0; k < (view.grey ? 1 : 3); ++k) {
    cv::Mat band, floats;
    cv::extractChannel(image, band, view.bands[static_cast<std::size_t>(k)]);
    band.convertTo(floats, CV_32F);
    const std::size_t step = std::max<std::size_t>(1, 3 * floats.total() / kMostNumbers);
    for (std::size_t i = 0; i < floats.total(); i += step)
      if (std::isfinite(floats.ptr<float>()[i])) numbers.push_back(floats.ptr<float>()[i]);
  }
  return numbers;
}

}  // namespace

View view_of(const cv::Mat& image, std::span<const int> rgb) {
  View view;
  const int channels = image.channels();
  view.grey = channels < 3;
  const auto has = [channels](int band) { return band >= 0 && band < channels; };
  if (rgb.size() == 3 && std::ranges::all_of(rgb, has)) std::ranges::copy(rgb, view.bands.begin());
  if (image.depth() == CV_8U) return view;
  std::vector<float> numbers = numbers_of(image, view);
  view.high = image.depth() == CV_16U ? 65535 : 1;
  if (numbers.empty()) return view;
  const auto part = static_cast<std::ptrdiff_t>(numbers.size() / 200);
  std::ranges::nth_element(numbers, numbers.begin() + part);
  view.low = static_cast<double>(numbers[static_cast<std::size_t>(part)]);
  std::ranges::nth_element(numbers, numbers.end() - 1 - part);
  const double high = static_cast<double>(*(numbers.end() - 1 - part));
  view.high = high > view.low ? high : view.low + 1;
  return view;
}

cv::Mat seen(const cv::Mat& image, const View& view) {
  const int most = view.grey ? view.bands[0] : *std::ranges::max_element(view.bands);
  if (most >= image.channels())
    throw Error(fmt::format("an image with {} channels has no band {}", image.channels(), most));
  std::vector<cv::Mat> planes(view.grey ? 1 : 3);
  const double scale = 255 / (view.high - view.low);
  for (std::size_t k = 0; k < planes.size(); ++k) {
    cv::Mat band;
    cv::extractChannel(image, band, view.bands[k]);
    band.convertTo(planes[k], CV_8U, scale, -view.low * scale);
  }
  cv::Mat out;
  cv::merge(planes, out);
  return out;
}

}  // namespace doppel::dataset
