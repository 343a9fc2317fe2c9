// A JPEG with restart markers is a grid of tiles, each decodable alone: any rectangle of them is a smaller
// image.
#pragma once

#include <opencv2/core/types.hpp>
#include <optional>
#include <span>
#include <vector>

#include "doppel/codec/jpeg_tiles.h"

namespace doppel {

/// The tiles of a baseline JPEG. Refers to the bytes that it was made from.
class JpegTiles {
 public:
  /// Nothing where the bytes aren't a whole baseline JPEG of one scan, or its restart intervals aren't parts
  /// of a row of MCUs or whole rows: it's decoded like any other then.
  static std::optional<JpegTiles> find(std::span<const unsigned char> jpeg);
  /// Of a file of whose bytes only the header's and those of some tiles are there. Throws Error where the
  /// table isn't this header's.
  static JpegTiles with(std::span<const unsigned char> jpeg, const JpegTileTable& table);

  const JpegTileTable& table() const { return table_; }
  std::size_t components() const { return components_; }
  /// The image of a rectangle as JpegTileTable::cover() gives it: a JPEG without its entropy-coded data, and
  /// that data's segments. Throws Error where one doesn't end with its marker.
  void select(const cv::Rect& cover, std::vector<unsigned char>& header,
              std::vector<std::span<const unsigned char>>& segments) const;
  /// MCUs of a segment.
  unsigned interval() const { return static_cast<unsigned>(interval_); }

 private:
  bool read_headers();
  bool make_grid();
  bool find_segments();
  std::span<const unsigned char> segment(std::size_t number) const;
  std::size_t u16(std::size_t at) const { return static_cast<std::size_t>(jpeg_[at] << 8 | jpeg_[at + 1]); }

  std::span<const unsigned char> jpeg_;
  std::vector<std::span<const unsigned char>>
      tables_;  ///< the header's segments that are kept, in their order
  JpegTileTable table_;
  std::size_t frame_ = 0;                ///< of tables_: the one with the size
  std::size_t scan_ = 0, interval_ = 0;  ///< where the entropy-coded data begins; MCUs
  std::size_t components_ = 0, tiles_ = 0;
  cv::Size mcu_;  ///< pixels
};

}  // namespace doppel
