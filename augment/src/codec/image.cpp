#include "doppel/codec/image.h"

#include <algorithm>
#include <cstring>

#include "bmp.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/decode_error.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/codec/portable_map.h"
#include "numbers.h"
#include "plugin.h"
#include "tiff.h"
#include "webp.h"

namespace doppel {
namespace {

bool starts_with(std::span<const unsigned char> bytes, std::string_view magic, std::size_t at = 0) {
  return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

/// Of a box `ftyp`: AVIF and HEIC are the same but for what their images are coded in.
ImageKind kind_of_brands(std::span<const unsigned char> bytes) {
  const std::size_t length = std::min<std::size_t>(number_at(bytes, 0, 4, ByteOrder::Big), bytes.size());
  ImageKind kind = ImageKind::Unknown;
  for (std::size_t at = 8; at + 4 <= length; at += 4) {
    if (at == 12) continue;  // a version
    const std::string_view brand = as_text(bytes.subspan(at, 4));
    if (brand == "avif" || brand == "avis") return ImageKind::Avif;
    for (const std::string_view heif : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"})
      if (brand == heif) kind = ImageKind::Heif;
  }
  return kind;
}

}  // namespace

ImageKind image_kind(std::span<const unsigned char> bytes) {
  using namespace std::literals;
  if (starts_with(bytes, "\xff\xd8\xff")) return ImageKind::Jpeg;
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return ImageKind::Png;
  if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) return ImageKind::Webp;
  if (starts_with(bytes, "P5")) return ImageKind::Pgm;
  if (starts_with(bytes, "P6")) return ImageKind::Ppm;
  if (starts_with(bytes, "BM")) return ImageKind::Bmp;
  if (starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv)) return ImageKind::Tiff;
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a")) return ImageKind::Gif;
  if (starts_with(bytes, "\xff\x0a") || starts_with(bytes, "\0\0\0\x0cJXL \r\n\x87\n"sv))
    return ImageKind::Jxl;
  if (starts_with(bytes, "ftyp", 4)) return kind_of_brands(bytes);
  return ImageKind::Unknown;
}

namespace {

cv::Mat decode_any(std::span<const unsigned char> bytes, long max_pixels) {
  if (bytes.empty()) throw Error("an empty file");
  const ImageKind kind = image_kind(bytes);
  switch (kind) {
    case ImageKind::Jpeg:
      return decode_jpeg(bytes, max_pixels);
    case ImageKind::Png:
      return decode_png(bytes, max_pixels);
    case ImageKind::Webp:
      return decode_webp(bytes, max_pixels);
    case ImageKind::Pgm:
    case ImageKind::Ppm:
      return portable_map(bytes, max_pixels).clone();
    case ImageKind::Bmp:
      return decode_bmp(bytes, max_pixels);
    case ImageKind::Tiff:
      return decode_tiff(bytes, max_pixels);
    case ImageKind::Gif:
    case ImageKind::Heif:
    case ImageKind::Avif:
    case ImageKind::Jxl:
      return decode_by_plugin(kind, bytes, max_pixels);
    case ImageKind::Unknown:
      break;
  }
  throw Error("not a JPEG, PNG, WebP, PGM, PPM, BMP, TIFF, GIF, HEIC, AVIF or JPEG XL image");
}

}  // namespace

cv::Mat decode_image(std::span<const unsigned char> bytes, long max_pixels) {
  try {
    return decode_any(bytes, max_pixels);
  } catch (...) { throw_decode_error(); }
}

cv::Mat read_image(const std::string& path) {
  const std::vector<unsigned char> bytes = read_file(path);
  try {
    return decode_image(bytes);
  } catch (const Error& error) { throw Error(path + ": " + error.what()); }
}

EncodedImage::EncodedImage(std::span<const unsigned char> bytes, int channels, AlphaOver alpha,
                           long max_pixels) {
  check_channels(channels, alpha);
  const ImageKind kind = image_kind(bytes);
  try {
    if (kind == ImageKind::Jpeg)
      jpeg_ = std::make_unique<JpegReader>(bytes, channels, max_pixels);
    else if (kind == ImageKind::Pgm || kind == ImageKind::Ppm)
      whole_ = with_channels(portable_map(bytes, max_pixels), channels, alpha);
    else
      whole_ = with_channels(decode_any(bytes, max_pixels), channels, alpha);
  } catch (...) { throw_decode_error(); }
}
EncodedImage::~EncodedImage() = default;

cv::Size EncodedImage::size() const { return jpeg_ ? jpeg_->size() : whole_.size(); }
int EncodedImage::channels() const { return jpeg_ ? jpeg_->channels() : whole_.channels(); }

void EncodedImage::decode(const cv::Rect& region, cv::Mat& image) {
  try {
    jpeg_->read(region, image);
  } catch (...) { throw_decode_error(); }
}

void EncodedImage::decode_halved(int times, const cv::Rect& region, cv::Mat& image) {
  try {
    jpeg_->read_halved(times, region, image);
  } catch (...) { throw_decode_error(); }
}

}  // namespace doppel
