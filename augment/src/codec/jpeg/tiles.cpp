#include "tiles.h"

#include <algorithm>
#include <cstring>

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
  JpegTiles tiles;
  tiles.jpeg_ = jpeg;
  if (!tiles.read_headers() || !tiles.find_segments()) return std::nullopt;
  return tiles;
}

/// Up to the scan's data. False where it can't be tiled.
bool JpegTiles::read_headers() {
  std::size_t components = 0;
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
      size_ = {static_cast<int>(u16(at + 7)), static_cast<int>(u16(at + 5))};
      components = jpeg_[at + 9];
      if (components == 0 || length != 8 + 3 * components || size_.empty()) return false;
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

/// False where the markers aren't those that the headers promise.
bool JpegTiles::find_segments() {
  const int across = over(size_.width, mcu_.width), down = over(size_.height, mcu_.height);
  const auto interval = static_cast<long>(interval_);
  if (across % interval == 0)
    tile_ = {static_cast<int>(interval) * mcu_.width, mcu_.height};
  else if (interval % across == 0)
    tile_ = {across * mcu_.width, static_cast<int>(interval / across) * mcu_.height};
  else
    return false;
  tile_columns_ = over(size_.width, tile_.width);
  const auto promised =
      static_cast<std::size_t>((static_cast<long>(across) * down + interval - 1) / interval);
  segments_.reserve(promised + 1);
  segments_.push_back(scan_);
  for (std::size_t at = scan_; at + 1 < jpeg_.size();) {
    const auto* found =
        static_cast<const unsigned char*>(std::memchr(jpeg_.data() + at, 0xff, jpeg_.size() - at - 1));
    if (!found) return false;
    const unsigned char marker = found[1];
    at = static_cast<std::size_t>(found - jpeg_.data()) + 2;
    if (marker == 0) continue;
    if (marker == kEnd) {
      segments_.push_back(at);
      return segments_.size() == promised + 1;
    }
    if (marker != kRestart + (segments_.size() - 1) % 8 || segments_.size() == promised) return false;
    segments_.push_back(at);
  }
  return false;
}

cv::Rect JpegTiles::cover(const cv::Rect& region) const {
  constexpr int kGuard = 2;
  const cv::Rect all({}, size_);
  const cv::Rect wide =
      cv::Rect(region.x - kGuard, region.y - kGuard, region.width + 2 * kGuard, region.height + 2 * kGuard) &
      all;
  const int x0 = wide.x / tile_.width * tile_.width, y0 = wide.y / tile_.height * tile_.height;
  const int x1 = over(wide.x + wide.width, tile_.width) * tile_.width,
            y1 = over(wide.y + wide.height, tile_.height) * tile_.height;
  return cv::Rect(x0, y0, x1 - x0, y1 - y0) & all;
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
  const int left = cover.x / tile_.width, right = over(cover.x + cover.width, tile_.width);
  const int top = cover.y / tile_.height, bottom = over(cover.y + cover.height, tile_.height);
  segments.clear();
  for (int row = top; row < bottom; ++row)
    for (int column = left; column < right; ++column) {
      const auto k = static_cast<std::size_t>(row * tile_columns_ + column);
      segments.push_back(jpeg_.subspan(segments_[k], segments_[k + 1] - 2 - segments_[k]));
    }
}

}  // namespace doppel
