// Where the tiles of a JPEG with restart markers lie: for who has a part of the file's bytes alone.
#pragma once

#include <cstdint>
#include <opencv2/core/types.hpp>
#include <optional>
#include <span>
#include <vector>

namespace doppel {

/// A part of a file.
struct FilePart {
  std::uint64_t at = 0;    ///< of its first byte
  std::uint64_t size = 0;  ///< bytes
  friend bool operator==(const FilePart&, const FilePart&) = default;
};

/// A JPEG with restart markers as a grid of tiles, each of which can be decoded alone (see with_restarts()).
struct JpegTileTable {
  cv::Size size;     ///< of the image, pixels
  cv::Size tile;     ///< pixels; the last of each row, and those of the last row, may be smaller
  int channels = 3;  ///< 1 of a grey image, else 3
  /// Row by row, where in the file a tile's entropy-coded data begins; then, where the last one's ends. The
  /// last two bytes of each are the marker that ends it. All before the first is the header.
  std::vector<std::uint32_t> starts;

  /// Nothing where decoding some of the image takes all of the file: it isn't a whole baseline JPEG of one
  /// scan, its restart intervals aren't parts of a row of MCUs or whole rows, it has one tile alone, isn't
  /// stored upright, or is CMYK.
  static std::optional<JpegTileTable> find(std::span<const unsigned char> jpeg);

  /// How many tiles lie side by side.
  int columns() const { return (size.width + tile.width - 1) / tile.width; }
  /// How many lie one below the other.
  int rows() const { return (size.height + tile.height - 1) / tile.height; }
  /// The tiles, as a rectangle of pixels, that JpegReader takes to decode `region` bit for bit, halved so
  /// many times: chroma is interpolated from neighbours.
  cv::Rect cover(const cv::Rect& region, int halved = 0) const;
  /// The parts of the file that decoding `region` takes: the header, and the tiles of its cover. In
  /// ascending order; those with little between them are one.
  std::vector<FilePart> parts(const cv::Rect& region, int halved = 0) const;
  friend bool operator==(const JpegTileTable&, const JpegTileTable&) = default;
};

}  // namespace doppel
