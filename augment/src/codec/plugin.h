// Image formats whose libraries bring many others: each has a plug-in, which is loaded when one is met.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string_view>

#include "../../plugin/format.h"
#include "doppel/codec/image_facts.h"

namespace doppel {

/// What loads one: "tiff" is in libdoppel_format_tiff.so.
struct PluginFormat {
  std::string_view file;     ///< "heif"
  std::string_view name;     ///< "HEIC", as people know it
  std::string_view package;  ///< Debian's, with which it is built
  bool has_frames = false;   ///< any is read, not only the first
};
/// Of DICOM's frames, beside formats of files.
inline constexpr PluginFormat kJpegLsFrames{"jpegls", "DICOM packed by JPEG-LS", "libcharls-dev"},
    kJpeg2000Frames{"jpeg2000", "DICOM packed by JPEG 2000", "libopenjp2-7-dev"};
/// Of a kind that a plug-in reads: TIFF, GIF, HEIC, AVIF, JPEG XL, OpenEXR.
const PluginFormat& plugin_format(ImageKind kind);

/// A function of the format's plug-in; null where that isn't there: see plug_in_function().
void* plugin_function(const PluginFormat& format, const char* name);
/// The functions that every plug-in but TIFF's has; null where it isn't there.
struct PluginCalls {
  ReadFormatFacts facts = nullptr;
  ReadFormatPixels pixels = nullptr;
};
PluginCalls plugin_calls(const PluginFormat& format);
/// The error of one that isn't there.
[[noreturn]] void throw_no_plugin(const PluginFormat& format);

/// What the header of a GIF, HEIC, AVIF, JPEG XL or OpenEXR says. Throws Error: damaged, more than the most
/// pixels, no such frame, or the plug-in isn't there.
ImageFacts plugin_facts(ImageKind kind, std::span<const unsigned char> bytes, const DecodeOptions& options);
/// Its image, upright, as options say: of wider numbers the upper 8 bits, or scaled to 16. Throws Error as
/// above, and where 8 bits don't hold what is there.
cv::Mat decode_by_plugin(ImageKind kind, std::span<const unsigned char> bytes, const DecodeOptions& options);

}  // namespace doppel
