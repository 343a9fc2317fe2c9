#include "tile_tables.h"

#include <limits>

#include "doppel/base/error.h"
#include "doppel/codec/image_depth.h"

namespace doppel::dataset::pack {
namespace {

constexpr std::uint64_t kMostOfSide = 65535;  // pixels, of a JPEG
constexpr std::uint64_t kLeast = 3;           // bytes of a tile: one of data, and its marker

[[noreturn]] void fail_as_table() { throw Error("its table of tiles is damaged"); }

void put_number(std::string& text, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) text += static_cast<char>((number & 0x7f) | 0x80);
  text += static_cast<char>(number);
}

/// Takes a number off the front.
std::uint32_t take_number(std::span<const unsigned char>& bytes) {
  std::uint64_t number = 0;
  constexpr unsigned kMostBits = 35;
  for (unsigned shift = 0; shift < kMostBits; shift += 7) {
    if (bytes.empty()) fail_as_table();
    const unsigned char byte = bytes.front();
    bytes = bytes.subspan(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80 && number <= std::numeric_limits<std::uint32_t>::max())
      return static_cast<std::uint32_t>(number);
    if (byte < 0x80) break;
  }
  fail_as_table();
}

std::uint64_t tiles_across(std::uint64_t pixels, std::uint64_t tile) { return (pixels + tile - 1) / tile; }

}  // namespace

std::string written(const JpegTileTable& table) {
  std::string text;
  for (const int number : {table.tile.width, table.tile.height, table.channels})
    put_number(text, static_cast<std::uint64_t>(number));
  std::uint32_t last = 0;
  for (const std::uint32_t start : table.starts) {
    put_number(text, start - last);
    last = start;
  }
  return text;
}

JpegTileTable read_tile_table(std::span<const unsigned char> bytes, std::uint32_t width, std::uint32_t height,
                              std::uint64_t file_size) {
  constexpr std::uint32_t kMostOfTile = 1U << 24;
  const std::uint32_t tile_width = take_number(bytes), tile_height = take_number(bytes),
                      channels = take_number(bytes), header = take_number(bytes);
  const auto is_side = [](std::uint32_t side) { return side >= 1 && side <= kMostOfSide; };
  const auto is_of_tile = [](std::uint32_t side) { return side >= 1 && side <= kMostOfTile; };
  const bool is_decoded =
      std::uint64_t{width} * height <= static_cast<std::uint64_t>(DecodeOptions().max_pixels);
  if (!is_side(width) || !is_side(height) || !is_decoded || !is_of_tile(tile_width) ||
      !is_of_tile(tile_height) || (channels != 1 && channels != 3))
    fail_as_table();
  const std::uint64_t tiles = tiles_across(width, tile_width) * tiles_across(height, tile_height);
  if (header > file_size || tiles > bytes.size() || tiles > (file_size - header) / kLeast) fail_as_table();
  JpegTileTable table{.size = {static_cast<int>(width), static_cast<int>(height)},
                      .tile = {static_cast<int>(tile_width), static_cast<int>(tile_height)},
                      .channels = static_cast<int>(channels),
                      .starts = {header}};
  table.starts.reserve(static_cast<std::size_t>(tiles) + 1);
  std::uint64_t at = header;
  for (std::uint64_t k = 0; k < tiles; ++k) {
    const std::uint32_t size = take_number(bytes);
    at += size;
    if (size < kLeast || at > file_size) fail_as_table();
    table.starts.push_back(static_cast<std::uint32_t>(at));
  }
  return table;
}

}  // namespace doppel::dataset::pack
