#include "doppel/codec/image_facts.h"

#include <bit>

#include "bmp.h"
#include "dicom_form.h"
#include "doppel/base/error.h"
#include "doppel/codec/decode_error.h"
#include "doppel/codec/jpeg.h"
#include "exif.h"
#include "nifti.h"
#include "no_image.h"
#include "npy.h"
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
          .depth = png.bits == 16 ? CV_16U : CV_8U,
          .bits = png.bits,
          .has_alpha = png.channels == 4,
          .orientation = png.orientation,
          .frames = png.frames};
}

ImageFacts webp_facts(Bytes bytes, long max_pixels) {
  const WebpForm webp = webp_form(bytes, max_pixels);
  return {.size = upright(webp.size, webp.orientation),
          .channels = webp.has_alpha ? 4 : 3,
          .has_alpha = webp.has_alpha,
          .orientation = webp.orientation,
          .frames = webp.frames};
}

ImageFacts portable_map_facts(Bytes bytes, long max_pixels) {
  const PortableMapHeader map = portable_map_header(bytes, max_pixels);
  const auto most = static_cast<unsigned long>(map.most);
  return {.size = map.size,
          .channels = map.channels(),
          .depth = map.depth(),
          .bits = map.floats ? 32 : static_cast<int>(std::bit_width(most)),
          .has_alpha = map.alpha};
}

ImageFacts bmp_facts(Bytes bytes, long max_pixels) {
  const BmpForm bmp = bmp_form(bytes, max_pixels);
  return {.size = bmp.size,
          .channels = bmp.channels(),
          .bits = bmp.bits_of_a_channel(),
          .has_alpha = bmp.channels() == 4};
}

ImageFacts tiff_facts(Bytes bytes, const DecodeOptions& options) {
  const TiffForm tiff = tiff_form(bytes, options);
  return {.size = upright(tiff.size, tiff.orientation),
          .channels = tiff.channels(),
          .depth = tiff.depth,
          .bits = tiff.bits,
          .has_alpha = tiff.alpha != TiffForm::Alpha::None,
          .orientation = tiff.orientation,
          .frames = tiff.frames};
}

ImageFacts dicom_facts(Bytes bytes, const DecodeOptions& options) {
  const DicomForm dicom = dicom_form(bytes, options);
  return {.size = dicom.size,
          .channels = dicom.samples,
          .depth = dicom.depth(),
          .bits = dicom.stored,
          .frames = dicom.frames};
}

ImageFacts nifti_facts(Bytes bytes, const DecodeOptions& options) {
  const NiftiForm nifti = nifti_form(bytes, options);
  return {.size = nifti.size,
          .channels = nifti.image_channels(),
          .depth = nifti.depth(),
          .bits = 8 * nifti.bytes / nifti.channels,
          .has_alpha = nifti.channels == 4,
          .frames = nifti.frames};
}

ImageFacts npy_facts(Bytes bytes, const DecodeOptions& options) {
  const NpyForm npy = npy_form(bytes, options);
  return {
      .size = npy.size, .channels = npy.channels, .depth = npy.depth(), .bits = 8 * npy.header.type.bytes};
}

ImageFacts facts_of_kind(ImageKind kind, Bytes bytes, const DecodeOptions& options) {
  switch (kind) {
    case ImageKind::Jpeg:
      return jpeg_facts(bytes, options.max_pixels);
    case ImageKind::Png:
      return png_facts(bytes, options.max_pixels);
    case ImageKind::Webp:
      return webp_facts(bytes, options.max_pixels);
    case ImageKind::Pgm:
    case ImageKind::Ppm:
    case ImageKind::Pam:
    case ImageKind::Pfm:
      return portable_map_facts(bytes, options.max_pixels);
    case ImageKind::Bmp:
      return bmp_facts(bytes, options.max_pixels);
    case ImageKind::Tiff:
      return tiff_facts(bytes, options);
    case ImageKind::Gif:
    case ImageKind::Heif:
    case ImageKind::Avif:
    case ImageKind::Jxl:
    case ImageKind::Exr:
      return plugin_facts(kind, bytes, options);
    case ImageKind::Dicom:
      return dicom_facts(bytes, options);
    case ImageKind::Nifti:
      return nifti_facts(bytes, options);
    case ImageKind::Npy:
      return npy_facts(bytes, options);
    case ImageKind::Unknown:
      break;
  }
  throw_no_image(bytes);
}

}  // namespace

ImageFacts facts_of(Bytes bytes, const DecodeOptions& options) {
  try {
    const ImageKind kind = image_kind(bytes);
    ImageFacts facts = facts_of_kind(kind, bytes, options);
    facts.kind = kind;
    return facts;
  } catch (...) { throw_decode_error(); }
}

}  // namespace doppel
