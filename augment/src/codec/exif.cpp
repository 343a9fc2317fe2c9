#include "exif.h"

#include <cstdint>
#include <cstring>

namespace doppel {
namespace {

using Bytes = std::span<const unsigned char>;

/// Numbers of a TIFF block, in its own byte order; 0 beyond its end.
struct Tiff {
  Bytes bytes;
  bool little;
  std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at + size > bytes.size()) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * (little ? i : size - 1 - i));
    return value;
  }
};

/// Tag 0x0112 of the first directory.
int orientation_of(Bytes block) {
  if (block.size() < 8) return 1;
  const Tiff tiff{block, block[0] == 'I'};
  if ((block[0] != 'I' && block[0] != 'M') || block[1] != block[0] || tiff.number(2, 2) != 42) return 1;
  const std::size_t directory = tiff.number(4, 4);
  const std::uint32_t entries = tiff.number(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * std::size_t{i};
    if (entry + 12 > block.size()) break;
    if (tiff.number(entry, 2) != 0x0112) continue;
    const std::uint32_t value = tiff.number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace

int exif_orientation(Bytes jpeg) {
  // Segments follow each other up to the first scan: marker, length (its own two bytes included), content.
  for (std::size_t at = 2; at + 4 <= jpeg.size();) {
    const unsigned marker = jpeg[at + 1];
    if (jpeg[at] != 0xff || marker == 0xda) return 1;
    if (marker == 0xff) {  // a filling byte
      ++at;
      continue;
    }
    const std::size_t length = (std::size_t{jpeg[at + 2]} << 8) | jpeg[at + 3];
    if (length < 2 || at + 2 + length > jpeg.size()) return 1;
    const Bytes content = jpeg.subspan(at + 4, length - 2);
    if (marker == 0xe1 && content.size() > 6 && std::memcmp(content.data(), "Exif\0", 6) == 0)
      return orientation_of(content.subspan(6));
    at += 2 + length;
  }
  return 1;
}

}  // namespace doppel
