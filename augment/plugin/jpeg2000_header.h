// What a JPEG 2000 codestream says before its library believes it (ITU-T T.800, annex A).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "format.h"

namespace doppel {

using Jpeg2000Span = std::span<const unsigned char>;

inline std::uint32_t jpeg2000_number(Jpeg2000Span bytes, std::size_t at, std::size_t count) {
  expect(at <= bytes.size() && count <= bytes.size() - at, "truncated or damaged");
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number << 8 | bytes[at + i];
  return number;
}

/// The codestream itself: what is in the box that a JP2 file has for it, or all there is.
inline Jpeg2000Span jpeg2000_stream(Jpeg2000Span bytes) {
  if (jpeg2000_number(bytes, 0, 4) == 0xff4fff51) return bytes;
  expect(jpeg2000_number(bytes, 4, 4) == 0x6a502020, "no codestream of JPEG 2000");
  for (std::size_t at = 0;;) {
    const std::uint32_t said = jpeg2000_number(bytes, at, 4), kind = jpeg2000_number(bytes, at + 4, 4);
    const std::size_t left = bytes.size() - at, size = said == 0 ? left : said;
    expect(size >= 8 && size <= left, "truncated or damaged");
    if (kind == 0x6a703263) return bytes.subspan(at + 8, size - 8);
    at += size;
  }
}

/// The header of a codestream, and what the headers of its tiles add to it. A packet takes a byte at least,
/// and a tile a header: what claims more of them than there are bytes is refused, so that memory is bounded
/// by the file and by its size in pixels.
class Jpeg2000Header {
 public:
  explicit Jpeg2000Header(Jpeg2000Span stream) : stream_(stream) {
    read_size();
    std::size_t at = 2;
    // The main header, and then each part of a tile, whose own header ends where its data begins.
    while (at + 2 <= stream_.size()) {
      const std::uint32_t marker = number(at, 2);
      if (marker == kEnd) break;
      const std::size_t part = at, length = number(at + 2, 2);
      expect(marker >= 0xff00 && length >= 2, "truncated or damaged");
      if (marker != kTilePart) {
        check_segment(marker, at + 4, length - 2);
        at += 2 + length;
        continue;
      }
      const std::size_t size = number(at + 6, 4);
      for (at += 2 + length; number(at, 2) != kData; at += 2 + number(at + 2, 2))
        check_segment(number(at, 2), at + 4, std::max(number(at + 2, 2), 2U) - 2);
      if (size == 0) break;  // up to the end
      expect(part + size > at && size <= stream_.size() - part, "truncated or damaged");
      at = part + size;
    }
  }
  const FormatFacts& facts() const { return facts_; }

 private:
  static constexpr std::uint32_t kTilePart = 0xff90, kData = 0xff93, kEnd = 0xffd9;

  std::uint32_t number(std::size_t at, std::size_t count) const {
    return jpeg2000_number(stream_, at, count);
  }
  void read_size();
  void check_segment(std::uint32_t marker, std::size_t at, std::size_t size);
  void check_coding(std::size_t at, std::size_t size, bool own_precincts);

  Jpeg2000Span stream_;
  FormatFacts facts_;
  std::uint64_t layers_ = 1;
};

inline void Jpeg2000Header::read_size() {
  constexpr std::uint64_t kLongest = 1U << 30;
  const std::uint64_t width = number(8, 4), height = number(12, 4), left = number(16, 4), top = number(20, 4),
                      tile_width = number(24, 4), tile_height = number(28, 4);
  const std::uint32_t samples = number(40, 2);
  expect(left < width && top < height && width < kLongest && height < kLongest && tile_width > 0 &&
             tile_height > 0,
         "of a size that makes no sense");
  expect(samples >= 1 && samples <= 4, "of more than 4 samples a pixel");
  constexpr std::uint64_t kSmallestTile = 14;
  const std::uint64_t columns = (width + tile_width - 1) / tile_width,
                      rows = (height + tile_height - 1) / tile_height;
  expect(columns <= stream_.size() && rows <= stream_.size() &&
             columns * rows <= stream_.size() / kSmallestTile + 1,
         "of more tiles than there are");
  for (std::uint32_t c = 0; c < samples; ++c) {
    const std::size_t at = 42 + 3 * std::size_t{c};
    const int bits = static_cast<int>(number(at, 1) & 0x7f) + 1;
    expect(number(at, 1) == number(42, 1), "of samples of unlike bits, which aren't read");
    expect(bits <= 16, "of more than 16 bits a sample, which aren't read");
    expect(number(at + 1, 2) == 0x0101, "of samples for several pixels, which aren't read");
    facts_.bits = bits;
  }
  facts_.width = static_cast<int>(width - left);
  facts_.height = static_cast<int>(height - top);
  facts_.channels = static_cast<int>(samples);
  facts_.depth = facts_.bits > 8 ? CV_16U : CV_8U;
}

/// COD and COC: into how many layers and precincts packets are cut.
inline void Jpeg2000Header::check_segment(std::uint32_t marker, std::size_t at, std::size_t size) {
  if (marker == 0xff52) {
    layers_ = number(at + 2, 2);
    check_coding(at + 5, size < 5 ? 0 : size - 5, (number(at, 1) & 1) != 0);
  } else if (marker == 0xff53) {
    check_coding(at + 2, size < 2 ? 0 : size - 2, (number(at + 1, 1) & 1) != 0);
  }
}

inline void Jpeg2000Header::check_coding(std::size_t at, std::size_t size, bool own_precincts) {
  const std::uint32_t levels = number(at, 1);
  constexpr std::size_t kBeforePrecincts = 5;
  expect(
      levels <= 32 && layers_ <= stream_.size() && (!own_precincts || size >= kBeforePrecincts + levels + 1),
      "truncated or damaged");
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(facts_.width) * static_cast<std::uint64_t>(facts_.height);
  for (std::uint32_t r = 0; own_precincts && r <= levels; ++r) {
    const std::uint32_t sides = number(at + kBeforePrecincts + r, 1),
                        cut = 2 * (levels - r) + (sides & 15) + (sides >> 4);
    const std::uint64_t precincts = cut > 63 ? 0 : pixels >> cut;
    expect(precincts * layers_ <= stream_.size(), "of more packets than there are");
  }
}

}  // namespace doppel
