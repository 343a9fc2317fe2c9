// A JPEG with restart markers is a grid of tiles, each decodable alone: any rectangle of them is a smaller
// image.
#pragma once

#include <opencv2/core/types.hpp>
#include <optional>
#include <span>
#include <vector>

namespace doppel {

/// Where the tiles of a baseline JPEG lie. Refers to the bytes that it was made from.
class JpegTiles {
 public:
  /// Nothing where the bytes aren't a whole baseline JPEG of one scan, or its restart intervals aren't parts
  /// of a row of MCUs or whole rows: it's decoded like any other then.
  static std::optional<JpegTiles> find(std::span<const unsigned char> jpeg);

  /// The tiles, as a rectangle of stored pixels, that decoding `region` bit for bit takes: chroma is
  /// interpolated from neighbours.
  cv::Rect cover(const cv::Rect& region) const;
  /// The image of such a rectangle: a JPEG without its entropy-coded data, and that data's segments.
  void select(const cv::Rect& cover, std::vector<unsigned char>& header,
              std::vector<std::span<const unsigned char>>& segments) const;
  /// MCUs of a segment.
  unsigned interval() const { return static_cast<unsigned>(interval_); }

 private:
  bool read_headers();
  bool find_segments();
  std::size_t u16(std::size_t at) const { return static_cast<std::size_t>(jpeg_[at] << 8 | jpeg_[at + 1]); }

  std::span<const unsigned char> jpeg_;
  std::vector<std::span<const unsigned char>>
      tables_;                           ///< the header's segments that are kept, in their order
  std::vector<std::size_t> segments_;    ///< where each begins; its marker is the 2 bytes before
  std::size_t frame_ = 0;                ///< of tables_: the one with the size
  std::size_t scan_ = 0, interval_ = 0;  ///< where the entropy-coded data begins; MCUs
  int tile_columns_ = 0;
  cv::Size size_, mcu_, tile_;  ///< pixels
};

}  // namespace doppel
