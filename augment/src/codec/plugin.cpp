#include "plugin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/plug_in.h"
#include "exif.h"
#include "image_size.h"
#include "numbers_of_pixels.h"

namespace doppel {
namespace {

using PluginBytes = std::span<const unsigned char>;

const PluginCalls& calls_of(ImageKind kind) {
  const auto load = [](ImageKind one) { return plugin_calls(plugin_format(one)); };
  static const PluginCalls none;
  switch (kind) {
    case ImageKind::Gif: {
      static const PluginCalls gif = load(ImageKind::Gif);
      return gif;
    }
    case ImageKind::Heif: {
      static const PluginCalls heif = load(ImageKind::Heif);
      return heif;
    }
    case ImageKind::Avif: {
      static const PluginCalls avif = load(ImageKind::Avif);
      return avif;
    }
    case ImageKind::Jxl: {
      static const PluginCalls jxl = load(ImageKind::Jxl);
      return jxl;
    }
    case ImageKind::Exr: {
      static const PluginCalls exr = load(ImageKind::Exr);
      return exr;
    }
    default:
      return none;
  }
}

FormatFacts header_of(ImageKind kind, PluginBytes bytes, const DecodeOptions& options) {
  const PluginFormat& format = plugin_format(kind);
  const PluginCalls& calls = calls_of(kind);
  if (calls.facts == nullptr || calls.pixels == nullptr) throw_no_plugin(format);
  FormatFacts facts;
  std::string problem;
  if (calls.facts(bytes.data(), bytes.size(), facts, problem) == 0)
    throw Error(fmt::format("not a whole {}, or of a kind that isn't read: {}", format.name, problem));
  check_size(facts.width, facts.height, options.max_pixels,
             static_cast<long>(CV_ELEM_SIZE(CV_MAKETYPE(facts.depth, facts.channels))));
  check_frame(format.name, options.frame, format.has_frames ? facts.frames : 1);
  return facts;
}

/// The upper 8 of wider numbers.
cv::Mat cut_to_bytes(const cv::Mat& wide, int shift) {
  cv::Mat bytes(wide.size(), CV_8UC(wide.channels()));
  const int width = wide.cols * wide.channels();
  for (int y = 0; y < wide.rows; ++y) {
    const auto* in = wide.ptr<std::uint16_t>(y);
    unsigned char* out = bytes.ptr(y);
    for (int x = 0; x < width; ++x) out[x] = static_cast<unsigned char>(std::min(in[x] >> shift, 255));
  }
  return bytes;
}

}  // namespace

const PluginFormat& plugin_format(ImageKind kind) {
  static constexpr PluginFormat kTiff{"tiff", "TIFF", "libtiff-dev"}, kGif{"gif", "GIF", "libgif-dev"},
      kHeif{"heif", "HEIC", "libheif-dev"}, kAvif{"avif", "AVIF", "libavif-dev"},
      kJxl{"jxl", "JPEG XL", "libjxl-dev"}, kExr{"exr", "OpenEXR", "libopenexr-dev"};
  return kind == ImageKind::Gif    ? kGif
         : kind == ImageKind::Heif ? kHeif
         : kind == ImageKind::Avif ? kAvif
         : kind == ImageKind::Jxl  ? kJxl
         : kind == ImageKind::Exr  ? kExr
                                   : kTiff;
}

void* plugin_function(const PluginFormat& format, const char* name) {
  return plug_in_function(fmt::format("libdoppel_format_{}.so", format.file), name);
}

PluginCalls plugin_calls(const PluginFormat& format) {
  return {reinterpret_cast<ReadFormatFacts>(plugin_function(format, "doppel_format2_facts")),
          reinterpret_cast<ReadFormatPixels>(plugin_function(format, "doppel_format2_pixels"))};
}

void throw_no_plugin(const PluginFormat& format) {
  throw Error(
      fmt::format("{0}: the plug-in that reads it isn't there (install {1} and build doppel again, or "
                  "convert to PNG)",
                  format.name, format.package));
}

ImageFacts plugin_facts(ImageKind kind, PluginBytes bytes, const DecodeOptions& options) {
  const FormatFacts facts = header_of(kind, bytes, options);
  return {.size = upright(cv::Size(facts.width, facts.height), facts.orientation),
          .channels = facts.channels,
          .depth = facts.depth,
          .bits = facts.bits,
          .has_alpha = facts.alpha,
          .orientation = facts.orientation,
          .frames = facts.frames};
}

cv::Mat decode_by_plugin(ImageKind kind, PluginBytes bytes, const DecodeOptions& options) {
  const FormatFacts facts = header_of(kind, bytes, options);
  const PluginFormat& format = plugin_format(kind);
  const bool eight = options.depth == ImageDepth::Eight;
  if (eight) check_eight(format.name, facts.channels, facts.alpha, facts.depth);
  cv::Mat image(facts.height, facts.width, CV_MAKETYPE(facts.depth, facts.channels));
  std::string problem;
  if (calls_of(kind).pixels(bytes.data(), bytes.size(), options.frame, image, problem) == 0)
    throw Error(fmt::format("not a whole {}, or of a kind that isn't read: {}", format.name, problem));
  if (facts.depth == CV_16U)
    image = eight ? cut_to_bytes(image, facts.shift) : scaled_to_16(image, (256U << facts.shift) - 1);
  return upright(image, facts.orientation);
}

}  // namespace doppel
