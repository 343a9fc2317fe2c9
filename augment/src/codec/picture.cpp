#include "doppel/codec/picture.h"

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

/// Of a box `ftyp`: AVIF and HEIC are the same but for what their pictures are coded in.
PictureKind kind_of_brands(std::span<const unsigned char> bytes) {
  const std::size_t length = std::min<std::size_t>(number_at(bytes, 0, 4, ByteOrder::Big), bytes.size());
  PictureKind kind = PictureKind::Unknown;
  for (std::size_t at = 8; at + 4 <= length; at += 4) {
    if (at == 12) continue;  // a version
    const std::string_view brand = as_text(bytes.subspan(at, 4));
    if (brand == "avif" || brand == "avis") return PictureKind::Avif;
    for (const std::string_view heif : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"})
      if (brand == heif) kind = PictureKind::Heif;
  }
  return kind;
}

}  // namespace

PictureKind picture_kind(std::span<const unsigned char> bytes) {
  using namespace std::literals;
  if (starts_with(bytes, "\xff\xd8\xff")) return PictureKind::Jpeg;
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return PictureKind::Png;
  if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) return PictureKind::Webp;
  if (starts_with(bytes, "P5")) return PictureKind::Pgm;
  if (starts_with(bytes, "P6")) return PictureKind::Ppm;
  if (starts_with(bytes, "BM")) return PictureKind::Bmp;
  if (starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv)) return PictureKind::Tiff;
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a")) return PictureKind::Gif;
  if (starts_with(bytes, "\xff\x0a") || starts_with(bytes, "\0\0\0\x0cJXL \r\n\x87\n"sv))
    return PictureKind::Jxl;
  if (starts_with(bytes, "ftyp", 4)) return kind_of_brands(bytes);
  return PictureKind::Unknown;
}

namespace {

cv::Mat decode_any(std::span<const unsigned char> bytes, long max_pixels) {
  if (bytes.empty()) throw Error("an empty file");
  const PictureKind kind = picture_kind(bytes);
  switch (kind) {
    case PictureKind::Jpeg:
      return decode_jpeg(bytes, max_pixels);
    case PictureKind::Png:
      return decode_png(bytes, max_pixels);
    case PictureKind::Webp:
      return decode_webp(bytes, max_pixels);
    case PictureKind::Pgm:
    case PictureKind::Ppm:
      return portable_map(bytes, max_pixels).clone();
    case PictureKind::Bmp:
      return decode_bmp(bytes, max_pixels);
    case PictureKind::Tiff:
      return decode_tiff(bytes, max_pixels);
    case PictureKind::Gif:
    case PictureKind::Heif:
    case PictureKind::Avif:
    case PictureKind::Jxl:
      return decode_by_plugin(kind, bytes, max_pixels);
    case PictureKind::Unknown:
      break;
  }
  throw Error("not a JPEG, PNG, WebP, PGM, PPM, BMP, TIFF, GIF, HEIC, AVIF or JPEG XL picture");
}

}  // namespace

cv::Mat decode_picture(std::span<const unsigned char> bytes, long max_pixels) {
  try {
    return decode_any(bytes, max_pixels);
  } catch (...) { throw_decode_error(); }
}

cv::Mat read_picture(const std::string& path) {
  const std::vector<unsigned char> bytes = read_file(path);
  try {
    return decode_picture(bytes);
  } catch (const Error& error) { throw Error(path + ": " + error.what()); }
}

Picture::Picture(std::span<const unsigned char> bytes, int channels, AlphaOver alpha, long max_pixels) {
  check_channels(channels, alpha);
  const PictureKind kind = picture_kind(bytes);
  try {
    if (kind == PictureKind::Jpeg)
      jpeg_ = std::make_unique<JpegReader>(bytes, channels, max_pixels);
    else if (kind == PictureKind::Pgm || kind == PictureKind::Ppm)
      whole_ = with_channels(portable_map(bytes, max_pixels), channels, alpha);
    else
      whole_ = with_channels(decode_any(bytes, max_pixels), channels, alpha);
  } catch (...) { throw_decode_error(); }
}
Picture::~Picture() = default;

cv::Size Picture::size() const { return jpeg_ ? jpeg_->size() : whole_.size(); }
int Picture::channels() const { return jpeg_ ? jpeg_->channels() : whole_.channels(); }

void Picture::decode(const cv::Rect& region, cv::Mat& image) {
  try {
    jpeg_->read(region, image);
  } catch (...) { throw_decode_error(); }
}

void Picture::decode_halved(int times, const cv::Rect& region, cv::Mat& image) {
  try {
    jpeg_->read_halved(times, region, image);
  } catch (...) { throw_decode_error(); }
}

}  // namespace doppel
