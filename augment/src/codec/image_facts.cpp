#include "doppel/codec/image_facts.h"

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

ImageFacts jpeg_facts(Bytes bytes, long max_pixels) {
  const JpegReader jpeg(bytes, 0, max_pixels);
  return {.size = jpeg.size(), .channels = jpeg.channels(), .orientation = jpeg_orientation(bytes)};
}

ImageFacts png_facts(Bytes bytes, long max_pixels) {
  const PngForm png = png_form(bytes, max_pixels);
  return {.size = png.size,
          .channels = png.channels,
          .bits = png.bits,
          .orientation = png.orientation,
          .frames = png.frames};
}

ImageFacts webp_facts(Bytes bytes, long max_pixels) {
  const WebpForm webp = webp_form(bytes, max_pixels);
  return {.size = upright(webp.size, webp.orientation),
          .channels = webp.has_alpha ? 4 : 3,
          .orientation = webp.orientation,
          .frames = webp.frames};
}

ImageFacts portable_map_facts(Bytes bytes, long max_pixels) {
  const PortableMapHeader map = portable_map_header(bytes, max_pixels);
  return {.size = map.size,
          .channels = map.channels,
          .bits = static_cast<int>(std::bit_width(static_cast<unsigned long>(map.most)))};
}

ImageFacts bmp_facts(Bytes bytes, long max_pixels) {
  const BmpForm bmp = bmp_form(bytes, max_pixels);
  return {.size = bmp.size, .channels = bmp.channels(), .bits = bmp.bits_of_a_channel()};
}

ImageFacts tiff_facts(Bytes bytes, long max_pixels) {
  const TiffForm tiff = tiff_form(bytes, max_pixels);
  return {.size = upright(tiff.size, tiff.orientation),
          .channels = tiff.channels(),
          .bits = tiff.bits,
          .orientation = tiff.orientation,
          .frames = tiff.frames};
}

ImageFacts facts_of_kind(ImageKind kind, Bytes bytes, long max_pixels) {
  switch (kind) {
    case ImageKind::Jpeg:
      return jpeg_facts(bytes, max_pixels);
    case ImageKind::Png:
      return png_facts(bytes, max_pixels);
    case ImageKind::Webp:
      return webp_facts(bytes, max_pixels);
    case ImageKind::Pgm:
    case ImageKind::Ppm:
      return portable_map_facts(bytes, max_pixels);
    case ImageKind::Bmp:
      return bmp_facts(bytes, max_pixels);
    case ImageKind::Tiff:
      return tiff_facts(bytes, max_pixels);
    case ImageKind::Gif:
    case ImageKind::Heif:
    case ImageKind::Avif:
    case ImageKind::Jxl:
      return plugin_facts(kind, bytes, max_pixels);
    case ImageKind::Unknown:
      break;
  }
  throw Error(bytes.empty() ? "an empty file"
                            : "not a JPEG, PNG, WebP, PGM, PPM, BMP, TIFF, GIF, HEIC, AVIF or JPEG XL image");
}

}  // namespace

ImageFacts facts_of(Bytes bytes, long max_pixels) {
  try {
    const ImageKind kind = image_kind(bytes);
    ImageFacts facts = facts_of_kind(kind, bytes, max_pixels);
    facts.kind = kind;
    facts.has_alpha = facts.channels == 4;
    return facts;
  } catch (...) { throw_decode_error(); }
}

}  // namespace doppel
