#include "tiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "doppel/base/error.h"

namespace doppel {
namespace {

// ISO/IEC 10918-1, table B.1.
enum Marker : unsigned char {
  kBaseline = 0xc0,
  kExtended = 0xc1,
  kHuffman = 0xc4,
  kRestart = 0xd0,
  kStart = 0xd8,
  kEnd = 0xd9,
  kScan = 0xda,
  kQuantisation = 0xdb,
  kInterval = 0xdd,
  kAdobe = 0xee,
};

int over(int n, int part) { return (n + part - 1) / part; }

}  // namespace

std::optional<JpegTiles> JpegTiles::find(std::span<const unsigned char> jpeg) {
  if (jpeg.size() > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  JpegTiles tiles;
  tiles.jpeg_ = jpeg;
  if (!tiles.read_headers() || !tiles.make_grid() || !tiles.find_segments()) return std::nullopt;
  return tiles;
}

JpegTiles JpegTiles::with(std::span<const unsigned char> jpeg, const JpegTileTable& table) {
  JpegTiles tiles;
  tiles.jpeg_ = jpeg;
  const bool fits = tiles.read_headers() && tiles.make_grid() && tiles.table_.size == table.size &&
                    tiles.table_.tile == table.tile && tiles.table_.channels == table.channels &&
                    table.starts.size() == tiles.tiles_ + 1 && table.starts.front() == tiles.scan_ &&
                    table.starts.back() <= jpeg.size();
  if (!fits) throw Error("the table of its tiles isn't that of its header");
  tiles.table_.starts = table.starts;
  return tiles;
}

/// Up to the scan's data. False where it can't be tiled.
bool JpegTiles::read_headers() {
  std::size_t& components = components_;
  for (std::size_t at = 2; at + 4 <= jpeg_.size();) {
    if (jpeg_[at] != 0xff) return false;
    const unsigned char marker = jpeg_[at + 1];
    if (marker == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    const std::size_t length = u16(at + 2), next = at + 2 + length;
    if (length < 2 || next > jpeg_.size()) return false;
    const bool frame =
        marker >= 0xc0 && marker <= 0xcf && marker != kHuffman && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      // One frame, with sequential Huffman codes of 8 bits.
      if (marker > kExtended || components != 0 || length < 11 || jpeg_[at + 4] != 8) return false;
      table_.size = {static_cast<int>(u16(at + 7)), static_cast<int>(u16(at + 5))};
      components = jpeg_[at + 9];
      if (components == 0 || length != 8 + 3 * components || table_.size.empty()) return false;
      int across = 1, down = 1;
      for (std::size_t c = 0; c < components; ++c) {
        across = std::max(across, jpeg_[at + 11 + 3 * c] >> 4);
        down = std::max(down, jpeg_[at + 11 + 3 * c] & 15);
      }
      // A component alone isn't interleaved: its MCU is one block.
      mcu_ = components == 1 ? cv::Size(8, 8) : cv::Size(8 * across, 8 * down);
      frame_ = tables_.size();
    } else if (marker == kInterval && length == 4) {
      interval_ = u16(at + 4);
    }
    if (frame || marker == kHuffman || marker == kQuantisation || marker == kInterval || marker == kScan ||
        marker == kAdobe || marker == 0xe0)
      tables_.push_back(jpeg_.subspan(at, next - at));
    if (marker == kScan) {
      scan_ = next;
      return components != 0 && length == 6 + 2 * components && jpeg_[at + 4] == components && interval_ != 0;
    }
    at = next;
  }
  return false;
}

/// False where the intervals make none.
bool JpegTiles::make_grid() {
  const cv::Size size = table_.size;
  const int across = over(size.width, mcu_.width), down = over(size.height, mcu_.height);
  const auto interval = static_cast<long>(interval_);
  if (across % interval == 0)
    table_.tile = {static_cast<int>(interval) * mcu_.width, mcu_.height};
  else if (interval % across == 0)
    table_.tile = {across * mcu_.width, static_cast<int>(interval / across) * mcu_.height};
  else
    return false;
  table_.channels = components_ == 1 ? 1 : 3;
  tiles_ = static_cast<std::size_t>((static_cast<long>(across) * down + interval - 1) / interval);
  return true;
}

/// False where the markers aren't those that the headers promise.
bool JpegTiles::find_segments() {
  std::vector<std::uint32_t>& starts = table_.starts;
  starts.reserve(std::min(tiles_, jpeg_.size() / 2) + 1);  // each takes a marker, whatever a header claims
  const auto add = [&](std::size_t at) { starts.push_back(static_cast<std::uint32_t>(at)); };
  add(scan_);
  for (std::size_t at = scan_; at + 1 < jpeg_.size();) {
    const auto* found =
        static_cast<const unsigned char*>(std::memchr(jpeg_.data() + at, 0xff, jpeg_.size() - at - 1));
    if (!found) return false;
    const unsigned char marker = found[1];
    at = static_cast<std::size_t>(found - jpeg_.data()) + 2;
    if (marker == 0) continue;
    if (marker == kEnd) {
      add(at);
      return starts.size() == tiles_ + 1;
    }
    if (marker != kRestart + (starts.size() - 1) % 8 || starts.size() == tiles_) return false;
    add(at);
  }
  return false;
}

std::span<const unsigned char> JpegTiles::segment(std::size_t number) const {
  const std::size_t begin = table_.starts[number], end = table_.starts[number + 1];
  const auto marker = static_cast<unsigned char>(number + 1 == tiles_ ? +kEnd : kRestart + number % 8);
  if (end < begin + 2 || end > jpeg_.size() || jpeg_[end - 2] != 0xff || jpeg_[end - 1] != marker)
    throw Error(fmt::format("tile {} of {} doesn't end where the table of its tiles says", number, tiles_));
  return jpeg_.subspan(begin, end - 2 - begin);
}

void JpegTiles::select(const cv::Rect& cover, std::vector<unsigned char>& header,
                       std::vector<std::span<const unsigned char>>& segments) const {
  header.assign({0xff, kStart});
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const std::size_t at = header.size();
    header.insert(header.end(), tables_[i].begin(), tables_[i].end());
    if (i != frame_) continue;
    const auto put = [&](std::size_t to, int value) {
      header[at + to] = static_cast<unsigned char>(value >> 8);
      header[at + to + 1] = static_cast<unsigned char>(value & 255);
    };
    put(5, cover.height);
    put(7, cover.width);
  }
  header.insert(header.end(), {0xff, kEnd});
  const cv::Size tile = table_.tile;
  const int left = cover.x / tile.width, right = over(cover.x + cover.width, tile.width);
  const int top = cover.y / tile.height, bottom = over(cover.y + cover.height, tile.height);
  segments.clear();
  for (int row = top; row < bottom; ++row)
    for (int column = left; column < right; ++column)
      segments.push_back(segment(static_cast<std::size_t>(row * table_.columns() + column)));
}

}  // namespace doppel
