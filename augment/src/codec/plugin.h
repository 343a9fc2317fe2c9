// Image formats whose libraries bring many others: each has a plug-in, which is loaded when one is met.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string_view>

#include "doppel/codec/image_facts.h"

namespace doppel {

/// What loads one: "tiff" is in libdoppel_format_tiff.so.
struct PluginFormat {
  std::string_view file;     ///< "heif"
  std::string_view name;     ///< "HEIC", as people know it
  std::string_view package;  ///< Debian's, with which it is built
};
/// Of a kind that a plug-in reads: TIFF, GIF, HEIC, AVIF, JPEG XL.
const PluginFormat& plugin_format(ImageKind kind);

/// A function of the format's plug-in; null where that isn't there: see plug_in_function().
void* plugin_function(const PluginFormat& format, const char* name);
/// The error of one that isn't there.
[[noreturn]] void throw_no_plugin(const PluginFormat& format);

/// What the header of a GIF, HEIC, AVIF or JPEG XL says. Throws Error: damaged, more than `max_pixels`, or
/// the plug-in isn't there.
ImageFacts plugin_facts(ImageKind kind, std::span<const unsigned char> bytes, long max_pixels);
/// Its first image, upright, as 8-bit grey, RGB or RGBA; of wider numbers the upper 8 bits. Throws Error as
/// above.
cv::Mat decode_by_plugin(ImageKind kind, std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
