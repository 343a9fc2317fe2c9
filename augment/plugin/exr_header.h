// What an OpenEXR file's headers say, read before the library believes them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format.h"

namespace doppel {

struct ExrChannel {
  std::string name;
  bool is_half = false;
};

/// The header of a part.
struct ExrHeader {
  std::int64_t width = 0, height = 0;
  std::int64_t tile_width = 0, tile_height = 0;  ///< 0: lines
  std::vector<ExrChannel> channels;              ///< in the order of an image's
  bool alpha = false;                            ///< the last of them is
  bool is_flat = true;
};

/// Reads on; whatever would lie beyond the end is an error.
class ExrBytes {
 public:
  explicit ExrBytes(std::span<const unsigned char> bytes) : bytes_(bytes) {}
  std::span<const unsigned char> take(std::size_t count) {
    expect(count <= bytes_.size(), "truncated or damaged");
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  std::uint32_t number() {
    const auto four = take(4);
    return four[0] | std::uint32_t{four[1]} << 8 | std::uint32_t{four[2]} << 16 |
           std::uint32_t{four[3]} << 24;
  }
  std::int64_t signed_number() { return static_cast<std::int32_t>(number()); }
  /// Up to a zero.
  std::string text() {
    const auto end = std::find(bytes_.begin(), bytes_.end(), 0);
    const auto length = static_cast<std::size_t>(end - bytes_.begin());
    const auto taken = take(length + 1);
    return {reinterpret_cast<const char*>(taken.data()), length};
  }
  std::string text_of_rest() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  bool is_empty() const { return bytes_.empty(); }
  bool ends() const { return bytes_.empty() || bytes_[0] == 0; }

 private:
  std::span<const unsigned char> bytes_;
};

/// R, G, B and A first, then the others by their names, which is the file's order.
inline void order_exr_channels(ExrHeader& header) {
  const auto rank = [](const ExrChannel& one) {
    const std::size_t at = std::string_view("RGBA").find(one.name);
    return one.name.size() == 1 && at != std::string_view::npos ? at : 4;
  };
  std::stable_sort(header.channels.begin(), header.channels.end(),
                   [&](const ExrChannel& a, const ExrChannel& b) { return rank(a) < rank(b); });
  std::string all;
  for (const ExrChannel& one : header.channels) all += one.name + " ";
  header.alpha = all == "R G B A " || all == "A Y ";
  if (all == "A Y ") std::swap(header.channels[0], header.channels[1]);
}

inline void read_exr_channels(ExrBytes list, ExrHeader& header) {
  while (!list.ends()) {
    ExrChannel channel{.name = list.text()};
    const std::uint32_t type = list.number();
    (void)list.take(4);
    const bool full = list.number() == 1 && list.number() == 1;
    expect(full, "of channels with fewer pixels than others, which aren't read");
    channel.is_half = type == 1;
    header.channels.push_back(std::move(channel));
  }
  (void)list.take(1);
  expect(list.is_empty(), "with a value of another size than its type has");
  expect(!header.channels.empty() && header.channels.size() <= 64,
         "of another number of channels than 1 to 64");
  order_exr_channels(header);
}

/// Values that say their own size, or whose type does: the library reads as many bytes, whatever the header
/// says, and what follows is then something else to it than to us.
inline void check_exr_value(std::string_view type, ExrBytes value, std::size_t size) {
  static constexpr std::array<std::pair<std::string_view, std::size_t>, 21> kSizes{
      {{"box2f", 16},    {"box2i", 16},   {"chromaticities", 32}, {"compression", 1}, {"deepImageState", 1},
       {"double", 8},    {"envmap", 1},   {"float", 4},           {"int", 4},         {"keycode", 28},
       {"lineOrder", 1}, {"m33f", 36},    {"m33d", 72},           {"m44f", 64},       {"m44d", 128},
       {"rational", 8},  {"tiledesc", 9}, {"timecode", 8},        {"v2i", 8},         {"v2f", 8},
       {"v3i", 12}}};
  const auto* const known = std::ranges::find(kSizes, type, &std::pair<std::string_view, std::size_t>::first);
  bool fits = known == kSizes.end() || known->second == size;
  if (type == "preview") {
    const std::uint64_t width = value.number(), height = value.number();
    fits = width * height <= size && 4 * width * height + 8 == size;
  }
  while (type == "stringvector" && !value.is_empty()) (void)value.take(value.number());
  expect(fits, "with a value of another size than its type has");
}

inline ExrHeader read_exr_header(ExrBytes& bytes, bool tiled) {
  ExrHeader header;
  while (!bytes.ends()) {
    const std::string name = bytes.text(), type = bytes.text();
    const std::uint32_t size = bytes.number();
    ExrBytes value(bytes.take(size));
    check_exr_value(type, value, size);
    if (name == "channels" && type == "chlist") read_exr_channels(value, header);
    if (name == "dataWindow" && type == "box2i") {
      const std::int64_t left = value.signed_number(), top = value.signed_number();
      header.width = value.signed_number() - left + 1;
      header.height = value.signed_number() - top + 1;
    }
    if (name == "tiles" && type == "tiledesc" && tiled) {
      header.tile_width = value.number();
      header.tile_height = value.number();
    }
    if (name == "type") {
      const std::string kind = type == "string" ? value.text_of_rest() : "";
      header.is_flat = kind == "scanlineimage" || kind == "tiledimage";
    }
  }
  (void)bytes.take(1);
  return header;
}

/// Its table of where blocks lie is in the file, and a tile isn't far larger than the image.
inline void check_exr_sizes(const ExrHeader& header, std::size_t size) {
  constexpr std::int64_t kLongest = 1 << 24, kBlock = 256;
  expect(header.width > 0 && header.height > 0 && header.width <= kLongest && header.height <= kLongest &&
             !header.channels.empty(),
         "of a size that makes no sense");
  std::int64_t blocks = (header.height - 1) / kBlock + 1;
  if (header.tile_width > 0) {
    const std::int64_t most = std::max<std::int64_t>(1 << 22, 4 * header.width * header.height);
    expect(header.tile_width <= kLongest && header.tile_height > 0 && header.tile_height <= kLongest &&
               header.tile_width * header.tile_height <= most,
           "of tiles whose size makes no sense");
    blocks = ((header.width - 1) / header.tile_width + 1) * ((header.height - 1) / header.tile_height + 1);
  }
  expect(blocks <= static_cast<std::int64_t>(size / 8), "truncated or damaged");
}

/// The first part's, once those of all parts make sense.
inline ExrHeader exr_header(std::span<const unsigned char> file) {
  constexpr std::uint32_t kTiled = 0x200, kDeep = 0x800, kParts = 0x1000;
  ExrBytes bytes(file);
  (void)bytes.take(4);
  const std::uint32_t version = bytes.number();
  expect((version & 0xff) == 2, "of a version that isn't read");
  const bool parts = (version & kParts) != 0;
  ExrHeader first = read_exr_header(bytes, parts || (version & kTiled) != 0);
  check_exr_sizes(first, file.size());
  expect(first.is_flat && (parts || (version & kDeep) == 0), "of deep pixels, which aren't read");
  while (parts && !bytes.ends()) check_exr_sizes(read_exr_header(bytes, true), file.size());
  return first;
}

}  // namespace doppel
