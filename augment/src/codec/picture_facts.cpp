#include "doppel/codec/picture_facts.h"

#include <bit>

#include "bmp.h"
#include "doppel/base/error.h"
#include "doppel/codec/decode_error.h"
#include "doppel/codec/jpeg.h"
#include "exif.h"
#include "plugin.h"
#include "png_form.h"
#include "portable_map_header.h"
#include "tiff.h"
#include "webp.h"

namespace doppel {
namespace {

using Bytes = std::span<const unsigned char>;

PictureFacts jpeg_facts(Bytes bytes, long max_pixels) {
  const JpegReader jpeg(bytes, 0, max_pixels);
  return {.size = jpeg.size(), .channels = jpeg.channels(), .orientation = jpeg_orientation(bytes)};
}

PictureFacts png_facts(Bytes bytes, long max_pixels) {
  const PngForm png = png_form(bytes, max_pixels);
  return {.size = png.size,
          .channels = png.channels,
          .bits = png.bits,
          .orientation = png.orientation,
          .frames = png.frames};
}

PictureFacts webp_facts(Bytes bytes, long max_pixels) {
  const WebpForm webp = webp_form(bytes, max_pixels);
  return {.size = upright(webp.size, webp.orientation),
          .channels = webp.has_alpha ? 4 : 3,
          .orientation = webp.orientation,
          .frames = webp.frames};
}

PictureFacts portable_map_facts(Bytes bytes, long max_pixels) {
  const PortableMapHeader map = portable_map_header(bytes, max_pixels);
  return {.size = map.size,
          .channels = map.channels,
          .bits = static_cast<int>(std::bit_width(static_cast<unsigned long>(map.most)))};
}

PictureFacts bmp_facts(Bytes bytes, long max_pixels) {
  const BmpForm bmp = bmp_form(bytes, max_pixels);
  return {.size = bmp.size, .channels = bmp.channels(), .bits = bmp.bits_of_a_channel()};
}

PictureFacts tiff_facts(Bytes bytes, long max_pixels) {
  const TiffForm tiff = tiff_form(bytes, max_pixels);
  return {.size = upright(tiff.size, tiff.orientation),
          .channels = tiff.channels(),
          .bits = tiff.bits,
          .orientation = tiff.orientation,
          .frames = tiff.frames};
}

PictureFacts facts_of_kind(PictureKind kind, Bytes bytes, long max_pixels) {
  switch (kind) {
    case PictureKind::Jpeg:
      return jpeg_facts(bytes, max_pixels);
    case PictureKind::Png:
      return png_facts(bytes, max_pixels);
    case PictureKind::Webp:
      return webp_facts(bytes, max_pixels);
    case PictureKind::Pgm:
    case PictureKind::Ppm:
      return portable_map_facts(bytes, max_pixels);
    case PictureKind::Bmp:
      return bmp_facts(bytes, max_pixels);
    case PictureKind::Tiff:
      return tiff_facts(bytes, max_pixels);
    case PictureKind::Gif:
    case PictureKind::Heif:
    case PictureKind::Avif:
    case PictureKind::Jxl:
      return plugin_facts(kind, bytes, max_pixels);
    case PictureKind::Unknown:
      break;
  }
  throw Error(bytes.empty()
                  ? "an empty file"
                  : "not a JPEG, PNG, WebP, PGM, PPM, BMP, TIFF, GIF, HEIC, AVIF or JPEG XL picture");
}

}  // namespace

PictureFacts facts_of(Bytes bytes, long max_pixels) {
  try {
    const PictureKind kind = picture_kind(bytes);
    PictureFacts facts = facts_of_kind(kind, bytes, max_pixels);
    facts.kind = kind;
    facts.has_alpha = facts.channels == 4;
    return facts;
  } catch (...) { throw_decode_error(); }
}

}  // namespace doppel
