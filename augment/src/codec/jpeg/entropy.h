// The entropy-coded data of baseline JPEGs, read by our own decoder in the place of libjpeg's; everything
// else stays libjpeg's. It reads a row of MCUs ahead, two segments of it side by side where there are
// restart markers: for these libjpeg falls to its slow decoder.
#pragma once

// jpeglib.h needs it before.
#include <cstdio>

#include <jpeglib.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "lanes.h"

namespace doppel {

/// Stands in for a decompressor's entropy decoder while it lives.
class JpegEntropy {
 public:
  /// True where the decompressor, started, has one scan of sequential Huffman codes.
  static bool reads(const jpeg_decompress_struct& jpeg);

  /// From now on `jpeg`, started, gets its MCUs from its source.
  void attach(jpeg_decompress_struct& jpeg);
  /// From now on it gets them from `segments` of `interval` MCUs each, all without their markers. Columns of
  /// MCUs from `columns` on may be left empty.
  void attach(jpeg_decompress_struct& jpeg, std::span<const std::span<const unsigned char>> segments,
              unsigned interval, unsigned columns);
  /// Moves the source behind the data, to the marker that ended it.
  void leave(jpeg_decompress_struct& jpeg) const;

 private:
  /// Where a segment is read.
  struct Stream {
    JpegLane lane;
    std::vector<unsigned char> plain;  ///< the segment without stuffed zeros, and zeros behind
    std::size_t size = 0;              ///< bytes of it
    unsigned row = 0;                  ///< of MCUs: the one that the segment lies in
    bool busy = false;
  };

  void start(jpeg_decompress_struct& jpeg, std::size_t longest, unsigned rows);
  static boolean decode_mcu(j_decompress_ptr jpeg, JBLOCKROW* blocks);
  int read_tiles();
  bool next_tile(Stream& stream);
  int read_segments();
  bool next_segment(Stream& stream);
  std::span<const unsigned char> load(Stream& stream, std::span<const unsigned char> segment);
  static int problem(const Stream& stream);
  JCOEF* mcu(unsigned row, unsigned column);

  std::span<const std::span<const unsigned char>> segments_;
  std::span<const unsigned char> rest_;        ///< of the source, where it has no segments given
  std::size_t segment_ = 0;                    ///< the next
  unsigned interval_ = 0, left_ = 0;           ///< MCUs of a segment, of this one
  bool tiles_ = false;                         ///< segments lie side by side in a row
  unsigned columns_ = 0, wanted_columns_ = 0;  ///< of MCUs
  unsigned row_ = 0, column_ = 0;              ///< the MCU that libjpeg asks for next
  std::vector<JCOEF> coefficients_;            ///< of one row's MCUs; of tiles, of two
  std::array<unsigned, 2> tiles_left_{};       ///< of those rows
  struct {
    unsigned row = 0, column = 0;
  } next_tile_;  ///< MCUs
  std::array<Stream, 2> streams_;
  std::array<JpegBlockKind, D_MAX_BLOCKS_IN_MCU> kinds_{};
  std::size_t kind_count_ = 0;  ///< blocks of an MCU
  std::array<HuffmanTable, NUM_HUFF_TBLS> dc_tables_, ac_tables_;
};

}  // namespace doppel
