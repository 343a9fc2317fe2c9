#include <fmt/format.h>

#include <limits>
#include <opencv2/imgproc.hpp>
#include <type_traits>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"

namespace doppel {
namespace {

/// RGBA over one grey, which is black or the most. Whole numbers are rounded: their most is odd, so that no
/// value lies half-way.
template <class T>
void put_over(const cv::Mat& rgba, bool white, cv::Mat& rgb) {
  for (int y = 0; y < rgba.rows; ++y) {
    const T* in = rgba.ptr<T>(y);
    T* out = rgb.ptr<T>(y);
    for (int x = 0; x < rgba.cols; ++x, in += 4, out += 3) {
      if constexpr (std::is_floating_point_v<T>) {
        const T rest = white ? 1 - in[3] : 0;
        for (int c = 0; c < 3; ++c) out[c] = in[c] * in[3] + rest;
      } else {
        constexpr std::uint32_t kMost = std::numeric_limits<T>::max();
        const std::uint32_t alpha = in[3], rest = (white ? (kMost - alpha) * kMost : 0) + kMost / 2;
        for (int c = 0; c < 3; ++c) out[c] = static_cast<T>((in[c] * alpha + rest) / kMost);
      }
    }
  }
}

cv::Mat rgb_of(const cv::Mat& rgba, AlphaOver alpha) {
  cv::Mat rgb;
  if (alpha == AlphaOver::Drop) {
    cv::cvtColor(rgba, rgb, cv::COLOR_RGBA2RGB);
    return rgb;
  }
  rgb.create(rgba.size(), CV_MAKETYPE(rgba.depth(), 3));
  const bool white = alpha == AlphaOver::White;
  if (rgba.depth() == CV_8U)
    put_over<std::uint8_t>(rgba, white, rgb);
  else if (rgba.depth() == CV_16U)
    put_over<std::uint16_t>(rgba, white, rgb);
  else if (rgba.depth() == CV_32F)
    put_over<float>(rgba, white, rgb);
  else
    throw Error("pixels that are neither bytes, 16-bit numbers nor floats");
  return rgb;
}

}  // namespace

void check_channels(int channels, AlphaOver alpha) {
  if (channels < 0 || channels > kMostChannels)
    throw UsageError(fmt::format(
        "channels must be 1 (grey), 3 (RGB), 4 (RGBA), 2 or 5 to {} (bands) or 0 (as they are), not {}",
        kMostChannels, channels));
  if (alpha == AlphaOver::Keep && (channels == 1 || channels == 3))
    throw UsageError(
        fmt::format("alpha can't be kept in images of {} channel{}: that takes 4 (RGBA) or 0 (as "
                    "they are)",
                    channels, channels == 1 ? "" : "s"));
}

void throw_four_bands(int channels) {
  throw UsageError(
      fmt::format("an image of 4 bands, of which none is alpha, can't become one of {} channel{}", channels,
                  channels == 1 ? "" : "s"));
}

bool is_transparent(const cv::Mat& image) {
  if (image.channels() != 4) return false;
  cv::Mat alpha;
  cv::extractChannel(image, alpha, 3);
  const double opaque = image.depth() == CV_8U ? 255 : image.depth() == CV_16U ? 65535 : 1;
  return cv::countNonZero(alpha < opaque) > 0;
}

cv::Mat with_channels(const cv::Mat& image, int channels, AlphaOver alpha) {
  check_channels(channels, alpha);
  const int from = image.channels();
  if (channels == 0 || from == channels) return image;
  const auto is_known = [](int count) { return count == 1 || count == 3 || count == 4; };
  if (!is_known(from) || !is_known(channels))
    throw UsageError(
        fmt::format("an image of {} channel{} can't become one of {}: only grey, RGB and RGBA are "
                    "made of each other",
                    from, from == 1 ? "" : "s", channels));
  cv::Mat out;
  if (channels == 4)
    cv::cvtColor(image, out, from == 3 ? cv::COLOR_RGB2RGBA : cv::COLOR_GRAY2RGBA);
  else if (from == 4)
    return with_channels(rgb_of(image, alpha), channels);
  else
    cv::cvtColor(image, out, channels == 1 ? cv::COLOR_RGB2GRAY : cv::COLOR_GRAY2RGB);
  return out;
}

}  // namespace doppel
