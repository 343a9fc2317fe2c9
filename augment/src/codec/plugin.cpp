#include "plugin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "../../plugin/format.h"
#include "doppel/base/error.h"
#include "doppel/base/plug_in.h"
#include "exif.h"
#include "image_size.h"

namespace doppel {
namespace {

using PluginBytes = std::span<const unsigned char>;

/// The functions of one format.
struct PluginCalls {
  ReadFormatFacts facts = nullptr;
  ReadFormatPixels pixels = nullptr;
};

PluginCalls load_calls(const PluginFormat& format) {
  return {reinterpret_cast<ReadFormatFacts>(plugin_function(format, "doppel_format_facts")),
          reinterpret_cast<ReadFormatPixels>(plugin_function(format, "doppel_format_pixels"))};
}

const PluginCalls& calls_of(ImageKind kind) {
  const auto load = [](ImageKind one) { return load_calls(plugin_format(one)); };
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
    default:
      return none;
  }
}

FormatFacts header_of(ImageKind kind, PluginBytes bytes, long max_pixels) {
  const PluginFormat& format = plugin_format(kind);
  const PluginCalls& calls = calls_of(kind);
  if (calls.facts == nullptr || calls.pixels == nullptr) throw_no_plugin(format);
  FormatFacts facts;
  std::string problem;
  if (calls.facts(bytes.data(), bytes.size(), facts, problem) == 0)
    throw Error(fmt::format("not a whole {}, or of a kind that isn't read: {}", format.name, problem));
  check_size(facts.width, facts.height, max_pixels);
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
      kJxl{"jxl", "JPEG XL", "libjxl-dev"};
  return kind == ImageKind::Gif    ? kGif
         : kind == ImageKind::Heif ? kHeif
         : kind == ImageKind::Avif ? kAvif
         : kind == ImageKind::Jxl  ? kJxl
                                   : kTiff;
}

void* plugin_function(const PluginFormat& format, const char* name) {
  return plug_in_function(fmt::format("libdoppel_format_{}.so", format.file), name);
}

void throw_no_plugin(const PluginFormat& format) {
  throw Error(
      fmt::format("a {0}: the plug-in that reads it isn't there (install {1} and build doppel again, or "
                  "convert to PNG)",
                  format.name, format.package));
}

ImageFacts plugin_facts(ImageKind kind, PluginBytes bytes, long max_pixels) {
  const FormatFacts facts = header_of(kind, bytes, max_pixels);
  return {.size = upright(cv::Size(facts.width, facts.height), facts.orientation),
          .channels = facts.channels,
          .bits = facts.bits,
          .orientation = facts.orientation,
          .frames = facts.frames};
}

cv::Mat decode_by_plugin(ImageKind kind, PluginBytes bytes, long max_pixels) {
  const FormatFacts facts = header_of(kind, bytes, max_pixels);
  const bool wide = facts.bits > 8;
  cv::Mat stored(facts.height, facts.width, CV_MAKETYPE(wide ? CV_16U : CV_8U, facts.channels));
  std::string problem;
  if (calls_of(kind).pixels(bytes.data(), bytes.size(), stored, problem) == 0)
    throw Error(
        fmt::format("not a whole {}, or of a kind that isn't read: {}", plugin_format(kind).name, problem));
  return upright(wide ? cut_to_bytes(stored, facts.shift) : stored, facts.orientation);
}

}  // namespace doppel
