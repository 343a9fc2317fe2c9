#include "doppel/codec/picture.h"

#include <fmt/format.h>

#include <cstring>
#include <opencv2/imgproc.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/codec/portable_map.h"
#include "other_formats.h"
#include "webp.h"

namespace doppel {
namespace {

bool starts_with(std::span<const unsigned char> bytes, std::string_view magic, std::size_t at = 0) {
  return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
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
  return PictureKind::Unknown;
}

cv::Mat decode_picture(std::span<const unsigned char> bytes, long max_pixels) {
  if (bytes.empty()) throw Error("an empty file");
  switch (picture_kind(bytes)) {
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
    case PictureKind::Tiff:
      return decode_other_format(bytes, max_pixels);
    case PictureKind::Unknown:
      break;
  }
  throw Error("not a JPEG, PNG, WebP, PGM, PPM, BMP or TIFF picture");
}

cv::Mat read_picture(const std::string& path) {
  const std::vector<unsigned char> bytes = read_file(path);
  try {
    return decode_picture(bytes);
  } catch (const Error& error) { throw Error(path + ": " + error.what()); }
}

cv::Mat with_channels(const cv::Mat& image, int channels) {
  const int from = image.channels();
  if (channels == 0 || from == channels) return image;
  cv::Mat out;
  if (channels == 1)
    cv::cvtColor(image, out, from == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  else if (channels == 3)
    cv::cvtColor(image, out, from == 4 ? cv::COLOR_RGBA2RGB : cv::COLOR_GRAY2RGB);
  else
    cv::cvtColor(image, out, from == 3 ? cv::COLOR_RGB2RGBA : cv::COLOR_GRAY2RGBA);
  return out;
}

Picture::Picture(std::span<const unsigned char> bytes, int channels, long max_pixels) {
  const PictureKind kind = picture_kind(bytes);
  if (kind == PictureKind::Jpeg)
    jpeg_ = std::make_unique<JpegReader>(bytes, channels, max_pixels);
  else if (kind == PictureKind::Pgm || kind == PictureKind::Ppm)
    whole_ = with_channels(portable_map(bytes, max_pixels), channels);
  else
    whole_ = with_channels(decode_picture(bytes, max_pixels), channels);
}
Picture::~Picture() = default;

cv::Size Picture::size() const { return jpeg_ ? jpeg_->size() : whole_.size(); }
int Picture::channels() const { return jpeg_ ? jpeg_->channels() : whole_.channels(); }

void Picture::decode(const cv::Rect& region, cv::Mat& image) { jpeg_->read(region, image); }

void Picture::decode_halved(int times, const cv::Rect& region, cv::Mat& image) {
  jpeg_->read_halved(times, region, image);
}

}  // namespace doppel
