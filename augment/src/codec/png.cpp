#include "doppel/codec/png.h"

#include <fmt/format.h>
#include <spng.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/geometry.h"
#include "exif.h"
#include "image_size.h"
#include "numbers_of_pixels.h"
#include "png_chunks.h"
#include "png_form.h"

namespace doppel {
namespace {

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

std::string_view png_problem(int status) {
  switch (status) {
    case SPNG_ESIGNATURE:
      return "it begins with something else";
    case SPNG_EOF:
    case SPNG_IO_EOF:
    case SPNG_EIDAT_TOO_SHORT:
      return "its pixels aren't all there";
    case SPNG_ECHUNK_CRC:
      return "a checksum doesn't fit what it's of";
    case SPNG_ENOPLTE:
    case SPNG_EPLTE_IDX:
      return "its palette is missing or too short";
    case SPNG_EIDAT_STREAM:
    case SPNG_EZLIB:
    case SPNG_EZLIB_INIT:
    case SPNG_EFILTER:
    case SPNG_EBUFSIZ:
      return "its pixels are damaged";
    default:
      return "its header is damaged";
  }
}

void check_png(int status) {
  if (status == SPNG_EMEM) throw std::bad_alloc();
  if (status != SPNG_OK) throw Error(fmt::format("not a whole PNG: {}", png_problem(status)));
}

void check_written(int status) {
  if (status == SPNG_EMEM) throw std::bad_alloc();
  if (status == SPNG_EWIDTH || status == SPNG_EHEIGHT) throw Error("too large a side for a PNG");
  if (status != SPNG_OK) throw Error("it can't be written as PNG");
}

/// A PNG whose header has been read.
struct OpenPng {
  Context context{spng_ctx_new(0), spng_ctx_free};
  spng_ihdr header{};
  std::vector<unsigned char> shorter;  ///< what is read in the file's place; empty: the file
  OpenPng(std::span<const unsigned char> bytes, long max_pixels) : shorter(png_without_texts(bytes)) {
    const std::span<const unsigned char> read =
        shorter.empty() ? bytes : std::span<const unsigned char>(shorter);
    check_png(spng_set_png_buffer(context.get(), read.data(), read.size()));
    check_png(spng_get_ihdr(context.get(), &header));
    check_size(header.width, header.height, max_pixels);
  }
  cv::Size size() const { return {static_cast<int>(header.width), static_cast<int>(header.height)}; }
  bool has_alpha() const {
    spng_trns transparency{};
    return header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA ||
           header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA ||
           spng_get_trns(context.get(), &transparency) == SPNG_OK;
  }
};

}  // namespace

PngForm png_form(std::span<const unsigned char> bytes, long max_pixels) {
  const OpenPng png(bytes, max_pixels);
  const PngChunks chunks = png_chunks(bytes);
  const bool has_alpha = png.has_alpha();
  return {.size = upright(png.size(), chunks.orientation),
          .channels = has_alpha                                            ? 4
                      : png.header.color_type == SPNG_COLOR_TYPE_GRAYSCALE ? 1
                                                                           : 3,
          .bits = png.header.color_type == SPNG_COLOR_TYPE_INDEXED ? 8 : png.header.bit_depth,
          .orientation = chunks.orientation,
          .frames = chunks.frames};
}

namespace {

/// What stands behind the pixels: the last one's checksum. Other chunks may be as they are.
void check_last_sum(const OpenPng& png) {
  if (const int status = spng_decode_chunks(png.context.get()); status == SPNG_ECHUNK_CRC) check_png(status);
}

/// Before the pixels are read: the library makes room for what a chunk promises.
PngChunks checked_chunks(std::span<const unsigned char> bytes) {
  const PngChunks chunks = png_chunks(bytes);
  if (chunks.breaks_off) throw Error("not a whole PNG: a chunk of it is longer than the file");
  return chunks;
}

/// Upright, where the file is whole up to its end.
cv::Mat finished(const cv::Mat& image, const PngChunks& chunks) {
  if (!chunks.has_end) throw Error("not a whole PNG: its end is damaged, or isn't there");
  return upright(image, chunks.orientation);
}

cv::Mat decode_spng(const OpenPng& png, int format, int flags, int type) {
  cv::Mat image(png.size(), type);
  std::size_t size = 0;
  check_png(spng_decoded_image_size(png.context.get(), format, &size));
  if (size != image.total() * image.elemSize())
    throw Error("a PNG whose size doesn't follow from its header");
  check_png(spng_decode_image(png.context.get(), image.data, size, format, flags));
  check_last_sum(png);
  return image;
}

/// A channel's bits that count, of 16 or fewer, as an sBIT chunk says; all where there is none.
std::array<unsigned, 4> significant_bits(const OpenPng& png) {
  const unsigned all = png.header.bit_depth;
  spng_sbit said{};
  if (spng_get_sbit(png.context.get(), &said) != SPNG_OK) return {all, all, all, all};
  const bool grey = png.header.color_type == SPNG_COLOR_TYPE_GRAYSCALE ||
                    png.header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
  std::array<unsigned, 4> bits{grey ? said.grayscale_bits : said.red_bits,
                               grey ? said.grayscale_bits : said.green_bits,
                               grey ? said.grayscale_bits : said.blue_bits, said.alpha_bits};
  for (unsigned& one : bits)
    if (one < 1 || one > all) one = all;
  return bits;
}

/// Encoders fill the bits that don't count with copies of the upper ones, or with zeros: then white isn't
/// 65535.
void spread_significant_bits(cv::Mat& image, const std::array<unsigned, 4>& bits) {
  const int channels = image.channels();
  for (int c = 0; c < channels; ++c) {
    const unsigned count = bits[static_cast<std::size_t>(c)], most = (1U << count) - 1;
    if (count == 16) continue;
    for (int y = 0; y < image.rows; ++y) {
      auto* row = image.ptr<std::uint16_t>(y);
      for (int i = c; i < image.cols * channels; i += channels)
        row[i] = static_cast<std::uint16_t>(((row[i] >> (16 - count)) * 65535U + most / 2) / most);
    }
  }
}

cv::Mat decode_wide_png(const OpenPng& png) {
  cv::Mat image;
  const int color = png.header.color_type;
  spng_trns key{};
  if (spng_get_trns(png.context.get(), &key) == SPNG_OK)
    image = decode_spng(png, SPNG_FMT_RGBA16, SPNG_DECODE_TRNS, CV_16UC4);
  else if (color == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA)
    image = rgba_of_grey_alpha(decode_spng(png, SPNG_FMT_PNG, 0, CV_16UC2));
  else
    image = decode_spng(png, SPNG_FMT_PNG, 0,
                        color == SPNG_COLOR_TYPE_GRAYSCALE   ? CV_16UC1
                        : color == SPNG_COLOR_TYPE_TRUECOLOR ? CV_16UC3
                                                             : CV_16UC4);
  spread_significant_bits(image, significant_bits(png));
  return image;
}

cv::Mat decode_narrow_png(const OpenPng& png) {
  const bool has_alpha = png.has_alpha(), is_grey = png.header.color_type == SPNG_COLOR_TYPE_GRAYSCALE;
  // spng gives grey of 16 bits as three equal channels.
  const bool grey = is_grey && png.header.bit_depth <= 8 && !has_alpha;
  cv::Mat image = grey        ? decode_spng(png, SPNG_FMT_G8, SPNG_DECODE_TRNS, CV_8UC1)
                  : has_alpha ? decode_spng(png, SPNG_FMT_RGBA8, SPNG_DECODE_TRNS, CV_8UC4)
                              : decode_spng(png, SPNG_FMT_RGB8, SPNG_DECODE_TRNS, CV_8UC3);
  if (is_grey && image.channels() == 3) cv::extractChannel(image, image, 0);
  return image;
}

}  // namespace

cv::Mat decode_png(std::span<const unsigned char> bytes, long max_pixels, ImageDepth depth) {
  const OpenPng png(bytes, max_pixels);
  const PngChunks chunks = checked_chunks(bytes);
  const bool wide = depth == ImageDepth::AsStored && png.header.bit_depth == 16;
  return finished(wide ? decode_wide_png(png) : decode_narrow_png(png), chunks);
}

cv::Mat decode_mask(std::span<const unsigned char> bytes, long max_pixels) {
  const OpenPng png(bytes, max_pixels);
  const spng_ihdr& header = png.header;
  if (header.color_type != SPNG_COLOR_TYPE_GRAYSCALE && header.color_type != SPNG_COLOR_TYPE_INDEXED)
    throw Error("a mask must be a grey PNG or one with a palette, not colour");
  const PngChunks chunks = checked_chunks(bytes);
  std::size_t size = 0;
  // As stored: palettes give indices, narrow numbers lie packed, high bits first.
  check_png(spng_decoded_image_size(png.context.get(), SPNG_FMT_PNG, &size));
  std::vector<unsigned char> raw(size);
  check_png(spng_decode_image(png.context.get(), raw.data(), size, SPNG_FMT_PNG, 0));
  check_last_sum(png);
  const int width = static_cast<int>(header.width), height = static_cast<int>(header.height),
            bits = header.bit_depth;
  const std::size_t stride = size / header.height;
  cv::Mat mask(height, width, bits == 16 ? CV_32S : CV_8U);
  for (int y = 0; y < height; ++y) {
    const unsigned char* row = raw.data() + static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < width; ++x) {
      if (bits == 16) {
        std::uint16_t value = 0;
        std::memcpy(&value, row + 2 * x, 2);
        mask.at<int>(y, x) = value;
      } else {
        const int at = x * bits;
        mask.at<unsigned char>(y, x) =
            static_cast<unsigned char>((row[at / 8] >> (8 - bits - at % 8)) & ((1 << bits) - 1));
      }
    }
  }
  return finished(mask, chunks);
}

namespace {

/// Rows as they are, of what encode_png() and encode_mask() take; null palette: none.
std::vector<unsigned char> encode_rows(const cv::Mat& image, spng_plte* palette) {
  const Context png(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  check_written(spng_set_option(png.get(), SPNG_ENCODE_TO_BUFFER, 1));
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(image.cols);
  header.height = static_cast<std::uint32_t>(image.rows);
  header.bit_depth = image.depth() == CV_16U ? 16 : 8;
  header.color_type = palette                 ? SPNG_COLOR_TYPE_INDEXED
                      : image.channels() == 1 ? SPNG_COLOR_TYPE_GRAYSCALE
                      : image.channels() == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                              : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  check_written(spng_set_ihdr(png.get(), &header));
  if (palette) check_written(spng_set_plte(png.get(), palette));
  const cv::Mat dense = image.isContinuous() ? image : image.clone();
  check_written(spng_encode_image(png.get(), dense.data, dense.total() * dense.elemSize(), SPNG_FMT_PNG,
                                  SPNG_ENCODE_FINALIZE));
  std::size_t size = 0;
  int status = SPNG_OK;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(png.get(), &size, &status),
                                                           std::free);
  check_written(status);
  const auto* first = static_cast<const unsigned char*>(buffer.get());
  return {first, first + size};
}

}  // namespace

std::vector<unsigned char> encode_mask(const cv::Mat& mask) {
  if (mask.type() == CV_8UC1) return encode_png(mask);
  double low = 0, high = 0;
  cv::minMaxLoc(mask, &low, &high);
  if (mask.type() != CV_32SC1 || low < 0 || high > 65535)
    throw Error(fmt::format("a mask's numbers, {:.0f} to {:.0f}, must be 0 to 65535 to be written as PNG",
                            low, high));
  cv::Mat narrow;
  mask.convertTo(narrow, CV_16U);
  return encode_png(narrow);
}

std::vector<unsigned char> encode_mask(const cv::Mat& mask, std::span<const PaletteColor> palette) {
  spng_plte colors{};
  if (mask.type() != CV_8UC1 || palette.empty() || palette.size() > std::size(colors.entries))
    throw Error("a mask with a palette has 8 bits, and 1 to 256 colours");
  double low = 0, high = 0;
  cv::minMaxLoc(mask, &low, &high);
  if (high >= static_cast<double>(palette.size()))
    throw Error(fmt::format("a mask holds {:.0f}, but its palette has {} colours", high, palette.size()));
  for (const PaletteColor& color : palette)
    colors.entries[colors.n_entries++] = {color[0], color[1], color[2], 255};
  return encode_rows(mask, &colors);
}

std::vector<unsigned char> encode_png(const cv::Mat& image) {
  if ((image.depth() != CV_8U && image.depth() != CV_16U) || is_banded(image.channels()))
    throw Error(fmt::format("a PNG holds grey, RGB or RGBA of 8 or 16 bits, not {} channel{} of {}",
                            image.channels(), image.channels() == 1 ? "" : "s",
                            cv::depthToString(image.depth())));
  return encode_rows(image, nullptr);
}

void write_png(const std::filesystem::path& path, const cv::Mat& image) {
  write_file(path, encode_png(image));
}

}  // namespace doppel
