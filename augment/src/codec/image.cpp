#include "doppel/codec/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "bmp.h"
#include "dicom.h"
#include "doppel/base/error.h"
#include "doppel/codec/decode_error.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/picture_file.h"
#include "doppel/codec/png.h"
#include "doppel/codec/portable_map.h"
#include "nifti.h"
#include "no_image.h"
#include "npy.h"
#include "numbers.h"
#include "numbers_of_pixels.h"
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
  if (starts_with(bytes, "P7\n")) return ImageKind::Pam;
  if (starts_with(bytes, "Pf\n") || starts_with(bytes, "PF\n")) return ImageKind::Pfm;
  if (starts_with(bytes, "BM")) return ImageKind::Bmp;
  for (const auto tiff : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
    if (starts_with(bytes, tiff)) return ImageKind::Tiff;
  if (starts_with(bytes, "\x76\x2f\x31\x01")) return ImageKind::Exr;
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a")) return ImageKind::Gif;
  if (starts_with(bytes, "\xff\x0a") || starts_with(bytes, "\0\0\0\x0cJXL \r\n\x87\n"sv))
    return ImageKind::Jxl;
  if (starts_with(bytes, "DICM", 128)) return ImageKind::Dicom;
  if (starts_with(bytes, "\x93NUMPY")) return ImageKind::Npy;
  if (begins_as_nifti(bytes)) return ImageKind::Nifti;
  if (starts_with(bytes, "ftyp", 4)) return kind_of_brands(bytes);
  return ImageKind::Unknown;
}

namespace {

/// As it's stored or in 8 bits; floats aren't looked at. Where a format allows it the pixels are those of
/// `bytes`.
cv::Mat decode_kind(ImageKind kind, std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const auto only_first = [&](std::string_view name) { check_frame(name, options.frame, 1); };
  switch (kind) {
    case ImageKind::Jpeg:
      only_first("JPEG");
      return decode_jpeg(bytes, options.max_pixels);
    case ImageKind::Png:
      only_first("PNG");
      return decode_png(bytes, options.max_pixels, options.depth);
    case ImageKind::Webp:
      only_first("WebP");
      return decode_webp(bytes, options.max_pixels);
    case ImageKind::Pgm:
    case ImageKind::Ppm:
    case ImageKind::Pam:
    case ImageKind::Pfm:
      only_first("PGM, PPM, PAM or PFM");
      return portable_map(bytes, options.max_pixels, options.depth);
    case ImageKind::Bmp:
      only_first("BMP");
      return decode_bmp(bytes, options.max_pixels);
    case ImageKind::Tiff:
      return decode_tiff(bytes, options);
    case ImageKind::Gif:
    case ImageKind::Heif:
    case ImageKind::Avif:
    case ImageKind::Jxl:
    case ImageKind::Exr:
      return decode_by_plugin(kind, bytes, options);
    case ImageKind::Dicom:
      return decode_dicom(bytes, options);
    case ImageKind::Nifti:
      return decode_nifti(bytes, options);
    case ImageKind::Npy:
      return decode_npy(bytes, options);
    case ImageKind::Unknown:
      break;
  }
  throw_no_image(bytes);
}

cv::Mat decode_any(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const cv::Mat image = decode_kind(image_kind(bytes), bytes, options);
  if (!options.any_floats) check_finite(image);
  return image;
}

bool has_alpha_channel(const cv::Mat& image, std::span<const unsigned char> bytes,
                       const DecodeOptions& options) {
  if (image.channels() != 4) return false;
  return options.depth == ImageDepth::Eight || facts_of(bytes, options).has_alpha;
}

}  // namespace

void throw_no_image(std::span<const unsigned char> bytes) {
  throw Error(
      bytes.empty()
          ? "an empty file"
          : "not an image that is read: no JPEG, PNG, WebP, PGM, PPM, PAM, PFM, BMP, TIFF, GIF, HEIC, "
            "AVIF, JPEG XL, OpenEXR, DICOM, NIfTI or .npy");
}

cv::Mat decode_image(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  try {
    const cv::Mat image = decode_any(bytes, options);
    return image.u == nullptr ? image.clone() : image;  // pixels of the bytes
  } catch (...) { throw_decode_error(); }
}

cv::Mat read_image(const std::string& path, const DecodeOptions& options) {
  try {
    return decode_image(read_picture(path), options);
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.find(path) == std::string::npos ? path + ": " + what : what);
  }
}

EncodedImage::EncodedImage(std::span<const unsigned char> bytes, int channels, AlphaOver alpha,
                           const DecodeOptions& options, const JpegTileTable* tiles) {
  check_channels(channels, alpha);
  try {
    if (image_kind(bytes) == ImageKind::Jpeg) {
      if (is_banded(channels))
        throw UsageError(fmt::format("a JPEG can't become an image of {} channels", channels));
      check_frame("JPEG", options.frame, 1);
      jpeg_ = std::make_unique<JpegReader>(bytes, channels, options.max_pixels, tiles);
      has_alpha_ = channels == 4;
      return;
    }
    if (tiles) throw Error("there is a table of its tiles, but it's no JPEG");
    whole_ = decode_any(bytes, options);
    const bool bands = whole_.channels() == 4 && !has_alpha_channel(whole_, bytes, options);
    if (bands && channels != 0 && channels != 4) throw_four_bands(channels);
    whole_ = with_channels(whole_, channels, alpha);
    has_alpha_ = whole_.channels() == 4 && !bands;
  } catch (...) { throw_decode_error(); }
}
EncodedImage::~EncodedImage() = default;

cv::Size EncodedImage::size() const { return jpeg_ ? jpeg_->size() : whole_.size(); }
int EncodedImage::channels() const { return jpeg_ ? jpeg_->channels() : whole_.channels(); }
int EncodedImage::depth() const { return jpeg_ ? CV_8U : whole_.depth(); }

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
