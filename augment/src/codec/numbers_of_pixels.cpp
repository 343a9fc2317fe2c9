#include "numbers_of_pixels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"

namespace doppel {

cv::Mat rgba_of_grey_alpha(const cv::Mat& two) {
  cv::Mat rgba(two.size(), CV_MAKETYPE(two.depth(), 4));
  constexpr int kFromTo[] = {0, 0, 0, 1, 0, 2, 1, 3};
  cv::mixChannels(&two, 1, &rgba, 1, kFromTo, 4);
  return rgba;
}

cv::Mat scaled_to_16(const cv::Mat& numbers, unsigned most) {
  if (most == 65535) return numbers;
  cv::Mat wide(numbers.size(), numbers.type());
  const int width = numbers.cols * numbers.channels();
  for (int y = 0; y < numbers.rows; ++y) {
    const auto* in = numbers.ptr<std::uint16_t>(y);
    auto* out = wide.ptr<std::uint16_t>(y);
    for (int x = 0; x < width; ++x)
      out[x] = static_cast<std::uint16_t>((std::min<unsigned>(in[x], most) * 65535U + most / 2) / most);
  }
  return wide;
}

cv::Mat upper_bytes(const cv::Mat& wide) {
  cv::Mat bytes(wide.size(), CV_8UC(wide.channels()));
  const int width = wide.cols * wide.channels();
  for (int y = 0; y < wide.rows; ++y) {
    const auto* in = wide.ptr<std::uint16_t>(y);
    for (int x = 0; x < width; ++x) bytes.ptr(y)[x] = static_cast<unsigned char>(in[x] >> 8);
  }
  return bytes;
}

void check_eight(std::string_view name, int channels, bool has_alpha, int depth) {
  if (depth == CV_32F)
    throw Error(
        fmt::format("a {} of floats or numbers of a unit, which 8 bits don't hold; as stored "
                    "(ImageDepth::AsStored) they are read",
                    name));
  if (channels != 1 && channels != 3 && !has_alpha)
    throw Error(
        fmt::format("a {} of {} bands, which is neither grey nor RGB; as stored (ImageDepth::AsStored) "
                    "they are read",
                    name, channels));
}

void check_finite(const cv::Mat& image) {
  if (image.depth() != CV_32F) return;
  const int channels = image.channels();
  for (int y = 0; y < image.rows; ++y) {
    const auto* row = image.ptr<float>(y);
    for (int i = 0; i < image.cols * channels; ++i)
      if (!std::isfinite(row[i]))
        throw Error(fmt::format("it holds numbers that are {}, the first at x {}, y {}, channel {}",
                                std::isnan(row[i]) ? "none (NaN)" : "infinite", i / channels, y,
                                i % channels));
  }
}

void check_frame(std::string_view name, int frame, int frames) {
  if (frame < 0 || frame >= frames)
    throw Error(fmt::format("frame {} was asked for (they are counted from 0), and {} is read of this {}",
                            frame, frames == 1 ? "one" : fmt::format("{}", frames), name));
}

}  // namespace doppel
