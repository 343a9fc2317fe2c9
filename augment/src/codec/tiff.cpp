#include "tiff.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <opencv2/core.hpp>
#include <string>

#include "doppel/base/error.h"
#include "exif.h"
#include "plugin.h"

namespace doppel {
namespace {

/// See augment/plugin/tiff.cpp.
using DecodeTiff = int (*)(const unsigned char*, std::size_t, const int*, cv::Mat&, std::string&);

/// A colour from what it was multiplied with, rounded; transparent ones are 0.
template <class T>
T unmultiplied(T color, T alpha) {
  constexpr std::uint64_t kMost = std::numeric_limits<T>::max();
  if (alpha == 0) return 0;
  return static_cast<T>(std::min(kMost, (kMost * color + alpha / 2U) / alpha));
}

/// Throws where the numbers aren't those of an image.
void check_numbers(const TiffForm& form) {
  using Numbers = TiffForm::Numbers;
  if (form.numbers == Numbers::Unsigned && form.bits <= 16) return;
  throw Error(fmt::format("a TIFF of {}-bit {} numbers; whole ones from 0 on, of up to 16 bits, are read",
                          form.bits,
                          form.numbers == Numbers::Floating ? "floating-point"
                          : form.numbers == Numbers::Signed ? "signed"
                                                            : "unsigned"));
}

/// Samples as stored to 8 bits of grey, RGB or RGBA.
template <class T>
cv::Mat bytes_from(const cv::Mat& stored, const TiffForm& form) {
  constexpr int kCut = 8 * (sizeof(T) - 1);
  const bool as_stored = stored.type() == CV_8UC(form.channels());
  if (as_stored && !form.inverted && form.alpha != TiffForm::Alpha::Premultiplied) return stored;
  cv::Mat image(stored.size(), CV_8UC(form.channels()));
  const int step = stored.channels(), channels = image.channels();
  const bool alpha = form.alpha != TiffForm::Alpha::None;
  for (int y = 0; y < stored.rows; ++y) {
    const T* in = stored.ptr<T>(y);
    unsigned char* out = image.ptr(y);
    for (int x = 0; x < stored.cols; ++x, in += step, out += channels) {
      const T opacity = alpha ? in[form.colors] : std::numeric_limits<T>::max();
      for (int c = 0; c < channels; ++c) {
        T color = in[std::min(c, form.colors - 1)];
        if (form.inverted) color = static_cast<T>(std::numeric_limits<T>::max() - color);
        if (form.alpha == TiffForm::Alpha::Premultiplied) color = unmultiplied(color, opacity);
        out[c] = static_cast<unsigned char>((c == 3 ? opacity : color) >> kCut);
      }
    }
  }
  return image;
}

/// Of RGBA that the plug-in converted to.
cv::Mat colors_from(const cv::Mat& rgba, int colors) {
  cv::Mat image(rgba.size(), CV_8UC(colors));
  const int from_to[] = {0, 0, 1, 1, 2, 2};
  cv::mixChannels(&rgba, 1, &image, 1, from_to, static_cast<std::size_t>(colors));
  return image;
}

}  // namespace

cv::Mat decode_tiff(std::span<const unsigned char> bytes, long max_pixels) {
  const TiffForm form = tiff_form(bytes, max_pixels);
  check_numbers(form);
  const PluginFormat& format = plugin_format(ImageKind::Tiff);
  static const auto decode = reinterpret_cast<DecodeTiff>(plugin_function(format, "doppel_format_pixels"));
  if (!decode) throw_no_plugin(format);
  const bool converted = form.samples.empty(), wide = !converted && form.bits == 16;
  cv::Mat stored(form.size,
                 CV_MAKETYPE(wide ? CV_16U : CV_8U, converted ? 4 : static_cast<int>(form.samples.size())));
  std::string problem;
  if (decode(bytes.data(), bytes.size(), converted ? nullptr : form.samples.data(), stored, problem) == 0)
    throw Error("not a whole TIFF, or of a kind that isn't read: " + problem);
  const cv::Mat image = converted ? colors_from(stored, form.colors)
                        : wide    ? bytes_from<std::uint16_t>(stored, form)
                                  : bytes_from<std::uint8_t>(stored, form);
  return upright(image, form.orientation);
}

}  // namespace doppel
