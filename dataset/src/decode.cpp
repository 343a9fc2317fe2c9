#include "doppel/dataset/decode.h"

#include <fmt/format.h>
#include <spng.h>
#include <webp/decode.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "doppel/augment/codec_jpeg.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/files.h"

namespace doppel::dataset {
namespace {

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

bool starts_with(std::span<const unsigned char> bytes, std::string_view magic, std::size_t at = 0) {
  return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

void check_size(long width, long height, const DecodeLimits& limits) {
  if (width < 1 || height < 1 || width > limits.pixels / height)
    throw Error(fmt::format("{}x{} pixels are more than the limit of {}", width, height, limits.pixels));
}

void check_png(int status) {
  if (status != SPNG_OK) throw Error(fmt::format("not a whole PNG: {}", spng_strerror(status)));
}

/// 16 bits are cut to 8, palettes are looked up, transparency makes RGBA.
cv::Mat decode_png(std::span<const unsigned char> bytes, const DecodeLimits& limits) {
  const Context png(spng_ctx_new(0), spng_ctx_free);
  check_png(spng_set_png_buffer(png.get(), bytes.data(), bytes.size()));
  spng_ihdr header{};
  check_png(spng_get_ihdr(png.get(), &header));
  check_size(header.width, header.height, limits);
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
  return image;
}

cv::Mat decode_webp(std::span<const unsigned char> bytes, const DecodeLimits& limits) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    throw Error("not a whole WebP");
  check_size(features.width, features.height, limits);
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

cv::Mat decode_image(std::span<const unsigned char> bytes, const DecodeLimits& limits) {
  if (bytes.empty()) throw Error("an empty file");
  if (starts_with(bytes, "\xff\xd8\xff")) return augment::decode_jpeg(bytes, limits.pixels);
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return decode_png(bytes, limits);
  if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) return decode_webp(bytes, limits);
  throw Error("not a JPEG, PNG or WebP picture");
}

std::vector<unsigned char> encode_png(const cv::Mat& image) {
  const Context png(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  check_png(spng_set_option(png.get(), SPNG_ENCODE_TO_BUFFER, 1));
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(image.cols);
  header.height = static_cast<std::uint32_t>(image.rows);
  header.bit_depth = 8;
  header.color_type = image.channels() == 1   ? SPNG_COLOR_TYPE_GRAYSCALE
                      : image.channels() == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                              : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  check_png(spng_set_ihdr(png.get(), &header));
  const cv::Mat dense = image.isContinuous() ? image : image.clone();
  check_png(spng_encode_image(png.get(), dense.data, dense.total() * dense.elemSize(), SPNG_FMT_PNG,
                              SPNG_ENCODE_FINALIZE));
  std::size_t size = 0;
  int status = SPNG_OK;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(png.get(), &size, &status),
                                                           std::free);
  check_png(status);
  const auto* first = static_cast<const unsigned char*>(buffer.get());
  return {first, first + size};
}

void write_png(const std::filesystem::path& path, const cv::Mat& image) {
  write_file(path, encode_png(image));
}

}  // namespace doppel::dataset
