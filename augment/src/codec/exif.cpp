#include "exif.h"

#include <array>
#include <cstring>
#include <opencv2/core.hpp>
#include <string_view>

#include "tiff_block.h"

namespace doppel {
namespace {

constexpr std::string_view kExif("Exif\0\0", 6);

bool begins_as_exif(std::span<const unsigned char> bytes) {
  return bytes.size() > kExif.size() && std::memcmp(bytes.data(), kExif.data(), kExif.size()) == 0;
}

/// OpenCV transposes pixels of some sizes only.
cv::Mat transposed(const cv::Mat& image) {
  cv::Mat out(image.cols, image.rows, image.type());
  const std::size_t size = image.elemSize();
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) std::memcpy(out.ptr(x, y), image.ptr(y, x), size);
  return out;
}

}  // namespace

int exif_orientation(std::span<const unsigned char> exif) {
  constexpr unsigned kOrientation = 0x0112;
  if (begins_as_exif(exif)) exif = exif.subspan(kExif.size());
  const auto block = TiffBlock::open(exif);
  const std::uint32_t value = block ? block->number_of(block->first_directory(), kOrientation, 1) : 1;
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

int jpeg_orientation(std::span<const unsigned char> jpeg) {
  // Segments follow each other up to the first scan: marker, length (its own two bytes included), content.
  for (std::size_t at = 2; at + 4 <= jpeg.size();) {
    const unsigned marker = jpeg[at + 1];
    if (jpeg[at] != 0xff || marker == 0xda) return 1;
    if (marker == 0xff) {  // a filling byte
      ++at;
      continue;
    }
    const std::size_t length = number_at(jpeg, at + 2, 2, ByteOrder::Big);
    if (length < 2 || at + 2 + length > jpeg.size()) return 1;
    const auto content = jpeg.subspan(at + 4, length - 2);
    if (marker == 0xe1 && begins_as_exif(content)) return exif_orientation(content);
    at += 2 + length;
  }
  return 1;
}

cv::Mat upright(const cv::Mat& stored, int orientation) {
  cv::Mat out = stored;
  if (orientation >= 5 && stored.channels() <= 4)
    cv::transpose(stored, out);
  else if (orientation >= 5)
    out = transposed(stored);
  constexpr int kNone = 2;
  constexpr std::array<int, 9> kFlip{kNone, kNone, 1, -1, 0, kNone, 1, -1, 0};
  if (const int flip = kFlip[static_cast<std::size_t>(orientation)]; flip != kNone) {
    cv::Mat turned;
    cv::flip(out, turned, flip);
    return turned;
  }
  return out;
}

}  // namespace doppel
