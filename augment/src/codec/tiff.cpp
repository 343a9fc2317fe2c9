#include "tiff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <opencv2/core.hpp>
#include <string>
#include <type_traits>

#include "../../plugin/tiff_request.h"
#include "doppel/base/error.h"
#include "exif.h"
#include "numbers_of_pixels.h"
#include "plugin.h"

namespace doppel {
namespace {

/// A colour from what it was multiplied with, rounded; transparent ones are 0.
template <class T>
T unmultiplied(T color, T alpha) {
  if constexpr (std::is_floating_point_v<T>) {
    return alpha == 0 ? 0 : color / alpha;
  } else {
    constexpr std::uint64_t kMost = std::numeric_limits<T>::max();
    if (alpha == 0) return 0;
    return static_cast<T>(std::min(kMost, (kMost * color + alpha / 2U) / alpha));
  }
}

/// Throws where the numbers aren't those of an image.
void check_numbers(const TiffForm& form, ImageDepth depth) {
  using Numbers = TiffForm::Numbers;
  const bool converted = form.samples.empty();
  if (form.numbers == Numbers::Unsigned && form.bits <= 16) return;
  if (depth == ImageDepth::AsStored && !converted) return;
  constexpr std::array kNames{"unsigned", "signed", "floating-point", "complex"};
  throw Error(fmt::format(
      "a TIFF of {}-bit {} numbers; {}", form.bits, kNames[static_cast<std::size_t>(form.numbers)],
      depth == ImageDepth::Eight
          ? "whole ones from 0 on, of up to 16 bits, are read as 8, and others as they are "
            "stored (ImageDepth::AsStored)"
          : "signed ones of 8 to 64 bits and floats of 16 to 64 are read"));
}

/// Samples as stored to grey, RGB or RGBA of the same numbers.
template <class T>
cv::Mat colors_of_samples(const cv::Mat& stored, const TiffForm& form) {
  const bool premultiplied = form.alpha == TiffForm::Alpha::Premultiplied,
             inverted = form.inverted && !std::is_floating_point_v<T>;
  if (stored.channels() == form.channels() && !inverted && !premultiplied) return stored;
  cv::Mat image(stored.size(), CV_MAKETYPE(stored.depth(), form.channels()));
  const int step = stored.channels(), channels = image.channels();
  const bool alpha = form.alpha != TiffForm::Alpha::None;
  for (int y = 0; y < stored.rows; ++y) {
    const T* in = stored.ptr<T>(y);
    T* out = image.ptr<T>(y);
    for (int x = 0; x < stored.cols; ++x, in += step, out += channels) {
      const T opacity = alpha ? in[form.colors] : std::numeric_limits<T>::max();
      for (int c = 0; c < channels; ++c) {
        T color = in[std::min(c, form.colors - 1)];
        if (inverted) color = static_cast<T>(std::numeric_limits<T>::max() - color);
        if (premultiplied) color = unmultiplied(color, opacity);
        out[c] = alpha && c == 3 ? opacity : color;
      }
    }
  }
  return image;
}

template <class T>
cv::Mat floats_of_type(const cv::Mat& stored) {
  cv::Mat floats(stored.size(), CV_32FC(stored.channels()));
  const int width = stored.cols * stored.channels();
  for (int y = 0; y < stored.rows; ++y) {
    const T* in = stored.ptr<T>(y);
    auto* out = floats.ptr<float>(y);
    for (int x = 0; x < width; ++x) out[x] = static_cast<float>(in[x]);
  }
  return floats;
}

/// The numbers that samples of these bits are.
cv::Mat floats_of_samples(const cv::Mat& stored, const TiffForm& form) {
  using Numbers = TiffForm::Numbers;
  const bool is_signed = form.numbers == Numbers::Signed;
  if (form.numbers == Numbers::Floating) {
    if (form.bits == 16) {
      cv::Mat floats;
      cv::Mat(stored.size(), CV_16FC(stored.channels()), stored.data).convertTo(floats, CV_32F);
      return floats;
    }
    return form.bits == 32 ? floats_of_type<float>(stored) : floats_of_type<double>(stored);
  }
  if (form.bits == 8) return floats_of_type<std::int8_t>(stored);
  if (form.bits == 16) return floats_of_type<std::int16_t>(stored);
  if (form.bits == 32)
    return is_signed ? floats_of_type<std::int32_t>(stored) : floats_of_type<std::uint32_t>(stored);
  return is_signed ? floats_of_type<std::int64_t>(stored) : floats_of_type<std::uint64_t>(stored);
}

/// Of RGBA that the plug-in converted to.
cv::Mat colors_of_rgba(const cv::Mat& rgba, int colors) {
  cv::Mat image(rgba.size(), CV_8UC(colors));
  const int from_to[] = {0, 0, 1, 1, 2, 2};
  cv::mixChannels(&rgba, 1, &image, 1, from_to, static_cast<std::size_t>(colors));
  return image;
}

/// What the plug-in gives: samples in numbers of their size, or RGBA.
cv::Mat read_stored(std::span<const unsigned char> bytes, const TiffForm& form) {
  const PluginFormat& format = plugin_format(ImageKind::Tiff);
  static const auto read = reinterpret_cast<ReadTiffPixels>(plugin_function(format, "doppel_tiff_pixels"));
  if (!read) throw_no_plugin(format);
  const bool converted = form.samples.empty();
  const int depth = converted || form.bits <= 8 ? CV_8U
                    : form.bits <= 16           ? CV_16U
                    : form.bits == 32           ? CV_32S
                                                : CV_64F;
  cv::Mat stored(form.size, CV_MAKETYPE(depth, converted ? 4 : static_cast<int>(form.samples.size())));
  const TiffRequest request{
      .directory = form.directory, .bits = form.bits, .samples = converted ? nullptr : form.samples.data()};
  std::string problem;
  if (read(bytes.data(), bytes.size(), request, stored, problem) == 0)
    throw Error("not a whole TIFF, or of a kind that isn't read: " + problem);
  return stored;
}

}  // namespace

cv::Mat decode_tiff(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const TiffForm form = tiff_form(bytes, options);
  check_numbers(form, options.depth);
  cv::Mat image = read_stored(bytes, form);
  if (form.samples.empty()) return upright(colors_of_rgba(image, form.colors), form.orientation);
  if (form.depth == CV_32F) {
    image = colors_of_samples<float>(floats_of_samples(image, form), form);
  } else if (form.bits > 8) {
    image = colors_of_samples<std::uint16_t>(scaled_to_16(image, (1U << form.bits) - 1), form);
    if (options.depth == ImageDepth::Eight) image = upper_bytes(image);
  } else {
    image = colors_of_samples<std::uint8_t>(image, form);
  }
  return upright(image, form.orientation);
}

}  // namespace doppel
