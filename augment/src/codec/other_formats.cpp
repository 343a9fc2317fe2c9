#include "other_formats.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "doppel/base/error.h"
#include "doppel/codec/picture.h"

namespace doppel {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const unsigned char>;
using Decode = int (*)(const unsigned char*, std::size_t, cv::Mat&);

/// `count` bytes at a place as a number; 0 beyond the end.
std::uint32_t number(Bytes b, std::size_t at, std::size_t count, bool big = false) {
  std::uint32_t value = 0;
  if (at > b.size() || count > b.size() - at) return 0;
  for (std::size_t i = 0; i < count; ++i)
    value |= std::uint32_t{b[at + i]} << (8 * (big ? count - 1 - i : i));
  return value;
}

struct Extent {
  long width = 0, height = 0;
};

Extent bmp_extent(Bytes b) {
  if (number(b, 14, 4) == 12) return {number(b, 18, 2), number(b, 20, 2)};
  const auto height = static_cast<std::int32_t>(number(b, 22, 4));  // negative: rows from the top
  return {number(b, 18, 4), std::abs(long{height})};
}

/// Of the first picture: tags 256 and 257 of its directory.
Extent tiff_extent(Bytes b) {
  const bool big = number(b, 0, 1) == 'M';
  const std::size_t directory = number(b, 4, 4, big), entries = number(b, directory, 2, big);
  Extent extent;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + 12 * i;
    const std::uint32_t tag = number(b, at, 2, big);
    const long value = number(b, at + 8, number(b, at + 2, 2, big) == 3 ? 2 : 4, big);
    if (tag == 256) extent.width = value;
    if (tag == 257) extent.height = value;
  }
  return extent;
}

/// Where the plug-in may lie: as $DOPPEL_FORMATS says, beside the installed program, where it was installed
/// or built.
Decode find_decode() {
  std::vector<fs::path> places;
  if (const char* set = std::getenv("DOPPEL_FORMATS")) places.emplace_back(set);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty())
    places.push_back(program.parent_path().parent_path() / "lib/doppel/libdoppel_formats.so");
  places.emplace_back(DOPPEL_INSTALLED_FORMATS);
  places.emplace_back(DOPPEL_BUILT_FORMATS);
  for (const fs::path& place : places)
    if (fs::exists(place, ignored))
      if (void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL))
        return reinterpret_cast<Decode>(::dlsym(library, "doppel_formats_decode"));
  return nullptr;
}

}  // namespace

cv::Mat decode_other_format(Bytes bytes, long max_pixels) {
  const bool is_bmp = picture_kind(bytes) == PictureKind::Bmp;
  const char* name = is_bmp ? "BMP" : "TIFF";
  const auto [width, height] = is_bmp ? bmp_extent(bytes) : tiff_extent(bytes);
  if (width < 1 || height < 1) throw Error(fmt::format("a {} without a size", name));
  if (width > max_pixels / height)
    throw Error(fmt::format("{}x{} pixels are more than the limit of {}", width, height, max_pixels));
  static const Decode decode = find_decode();
  if (!decode)
    throw Error(
        fmt::format("a {}: the plug-in that reads it isn't there (install libopencv-imgcodecs-dev and build "
                    "doppel again, or convert to PNG)",
                    name));
  cv::Mat image;
  if (decode(bytes.data(), bytes.size(), image) == 0 || image.cols != width || image.rows != height)
    throw Error(fmt::format("not a whole {}", name));
  if (image.depth() == CV_16U) image.convertTo(image, CV_8U, 1 / 256.0, -0.498);
  const int channels = image.channels();
  if (image.depth() != CV_8U || (channels != 1 && channels != 3 && channels != 4))
    throw Error(fmt::format("a {} of {} channels that aren't 8 or 16 bits", name, channels));
  if (channels > 1) cv::cvtColor(image, image, channels == 3 ? cv::COLOR_BGR2RGB : cv::COLOR_BGRA2RGBA);
  return image;
}

}  // namespace doppel
