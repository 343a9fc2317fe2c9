#include "picture_file.h"

#include <fmt/format.h>
#include <spng.h>
#include <webp/decode.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "doppel/augment/codec_jpeg.h"
#include "doppel/augment/error.h"
#include "doppel/augment/picture.h"
#include "doppel/augment/portable_map.h"
#include "other_formats.h"

namespace doppel::augment {
namespace {

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

bool starts_with(std::span<const unsigned char> bytes, std::string_view magic, std::size_t at = 0) {
  return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

void check_size(long width, long height, long max_pixels) {
  if (width < 1 || height < 1 || width > max_pixels / height)
    throw Error(fmt::format("{}x{} pixels are more than the limit of {}", width, height, max_pixels));
}

void check_png(int status) {
  if (status != SPNG_OK) throw Error(fmt::format("not a whole PNG: {}", spng_strerror(status)));
}

/// 16 bits are cut to 8, palettes are looked up, transparency makes RGBA.
cv::Mat decode_png(std::span<const unsigned char> bytes, long max_pixels) {
  const Context png(spng_ctx_new(0), spng_ctx_free);
  check_png(spng_set_png_buffer(png.get(), bytes.data(), bytes.size()));
  spng_ihdr header{};
  check_png(spng_get_ihdr(png.get(), &header));
  check_size(header.width, header.height, max_pixels);
  spng_trns transparency{};
  const bool has_alpha = header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA ||
                         header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA ||
                         spng_get_trns(png.get(), &transparency) == SPNG_OK;
  const bool grey = header.color_type == SPNG_COLOR_TYPE_GRAYSCALE && header.bit_depth <= 8 && !has_alpha;
  const int format = grey ? SPNG_FMT_G8 : has_alpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
  cv::Mat image(static_cast<int>(header.height), static_cast<int>(header.width),
                CV_8UC(grey        ? 1
                       : has_alpha ? 4
                                   : 3));
  std::size_t size = 0;
  check_png(spng_decoded_image_size(png.get(), format, &size));
  if (size != image.total() * image.elemSize())
    throw Error("a PNG whose size doesn't follow from its header");
  check_png(spng_decode_image(png.get(), image.data, size, format, SPNG_DECODE_TRNS));
  // spng gives grey of 16 bits as three equal channels.
  if (header.color_type == SPNG_COLOR_TYPE_GRAYSCALE && image.channels() == 3)
    cv::extractChannel(image, image, 0);
  return image;
}

cv::Mat decode_webp(std::span<const unsigned char> bytes, long max_pixels) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    throw Error("not a whole WebP");
  check_size(features.width, features.height, max_pixels);
  cv::Mat image(features.height, features.width, features.has_alpha ? CV_8UC4 : CV_8UC3);
  const std::size_t size = image.total() * image.elemSize();
  const int stride = static_cast<int>(image.step[0]);
  const auto* done = features.has_alpha
                         ? WebPDecodeRGBAInto(bytes.data(), bytes.size(), image.data, size, stride)
                         : WebPDecodeRGBInto(bytes.data(), bytes.size(), image.data, size, stride);
  if (!done) throw Error("not a whole WebP: truncated or damaged");
  return image;
}

}  // namespace

cv::Mat decode_picture(std::span<const unsigned char> bytes, long max_pixels) {
  if (bytes.empty()) throw Error("an empty file");
  if (starts_with(bytes, "\xff\xd8\xff")) return decode_jpeg(bytes, max_pixels);
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return decode_png(bytes, max_pixels);
  if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) return decode_webp(bytes, max_pixels);
  if (is_portable_map(bytes)) return portable_map(bytes, max_pixels).clone();
  if (is_other_format(bytes)) return decode_other_format(bytes, max_pixels);
  throw Error("not a JPEG, PNG, WebP, PGM, PPM, BMP or TIFF picture");
}

cv::Mat read_picture(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.eof() && !file) throw Error(path + ": can't be read");
  try {
    return decode_picture(bytes);
  } catch (const Error& error) { throw Error(path + ": " + error.what()); }
}

cv::Mat picture_from(const std::string& path, int channels) {
  struct Kept {
    std::string path;
    cv::Mat image;
  };
  constexpr std::size_t kMost = 8;
  thread_local std::vector<Kept> kept;
  auto found = std::ranges::find(kept, path, &Kept::path);
  if (found == kept.end()) {
    if (kept.size() == kMost) kept.erase(kept.begin());
    kept.push_back({path, read_picture(path)});
    found = kept.end() - 1;
  }
  const cv::Mat& image = found->image;
  if (channels == 0 || image.channels() == channels) return image;
  cv::Mat out;
  if (channels == 1)
    cv::cvtColor(image, out, image.channels() == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  else if (channels == 3)
    cv::cvtColor(image, out, image.channels() == 4 ? cv::COLOR_RGBA2RGB : cv::COLOR_GRAY2RGB);
  else
    cv::cvtColor(image, out, image.channels() == 3 ? cv::COLOR_RGB2RGBA : cv::COLOR_GRAY2RGBA);
  return out;
}

}  // namespace doppel::augment
