#include <algorithm>

#include "codec/exif.h"
#include "doppel/codec/jpeg_tiles.h"
#include "tiles.h"

namespace doppel {
namespace {

int parts_of(int n, int part) { return (n + part - 1) / part; }

/// Bytes between two parts that are read along: a signed request of its own and its answer's headers are
/// about as many.
constexpr std::uint64_t kGap = 1024;

void add_part(std::vector<FilePart>& parts, std::uint64_t at, std::uint64_t end) {
  if (!parts.empty() && at <= parts.back().at + parts.back().size + kGap)
    parts.back().size = end - parts.back().at;
  else
    parts.push_back({at, end - at});
}

}  // namespace

std::optional<JpegTileTable> JpegTileTable::find(std::span<const unsigned char> jpeg) {
  const auto tiles = JpegTiles::find(jpeg);
  if (!tiles || tiles->table().starts.size() < 3 || tiles->components() > 3 || jpeg_orientation(jpeg) != 1)
    return std::nullopt;
  return tiles->table();
}

cv::Rect JpegTileTable::cover(const cv::Rect& region, int halved) const {
  // Two pixels for chroma; of a halved image one more, since areas begin and end between its pixels.
  const int guard = halved == 0 ? 2 : 3 << halved;
  const cv::Rect wide =
      cv::Rect(region.x - guard, region.y - guard, region.width + 2 * guard, region.height + 2 * guard) &
      cv::Rect({}, size);
  const int x0 = wide.x / tile.width * tile.width, y0 = wide.y / tile.height * tile.height;
  const int x1 = parts_of(wide.x + wide.width, tile.width) * tile.width,
            y1 = parts_of(wide.y + wide.height, tile.height) * tile.height;
  return cv::Rect(x0, y0, x1 - x0, y1 - y0) & cv::Rect({}, size);
}

std::vector<FilePart> JpegTileTable::parts(const cv::Rect& region, int halved) const {
  const cv::Rect tiles = cover(region, halved);
  const int left = tiles.x / tile.width, right = parts_of(tiles.x + tiles.width, tile.width);
  const int top = tiles.y / tile.height, bottom = parts_of(tiles.y + tiles.height, tile.height);
  std::vector<FilePart> parts{{0, starts.front()}};
  for (int row = top; row < bottom; ++row) {
    const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns());
    add_part(parts, starts[first + static_cast<std::size_t>(left)],
             starts[first + static_cast<std::size_t>(right)]);
  }
  return parts;
}

}  // namespace doppel
