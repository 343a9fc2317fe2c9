// The entropy-coded data of baseline JPEGs, read by our own decoder in the place of libjpeg's; everything
// else stays libjpeg's. It looks up a code, its run and its value at once, and begins anew at each segment at
// no cost, where libjpeg falls to its slow decoder as soon as a file has restart markers.
#pragma once

// jpeglib.h needs it before.
#include <cstdio>

#include <jpeglib.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace doppel::augment {

/// A Huffman table, by the next bits of the data.
class HuffmanTable {
 public:
  static constexpr int kBits = 10;
  /// What a code says; in one word, which stays in a register.
  class Entry {
   public:
    Entry() = default;
    Entry(int code_bits, int value_bits, int skip)
        : word_(static_cast<std::uint32_t>((code_bits + value_bits) | value_bits << 8 | skip << 16)) {}
    int bits() const { return static_cast<int>(word_ & 0xff); }  ///< of the code and the value behind it
    int value_bits() const { return static_cast<int>(word_ >> 8 & 0xff); }
    int skip() const {
      return static_cast<int>(word_ >> 16);
    }                                             ///< coefficients to go on by; kEnd: the block ends
    bool is_known() const { return word_ != 0; }  ///< false: a code longer than kBits
    /// Of a window that begins with the code (ISO/IEC 10918-1, figure F.12).
    int value(std::uint64_t window) const {
      const int size = value_bits();
      const int v = static_cast<int>(window << (bits() - size) >> 1 >> (63 - size)), most = (1 << size) - 1;
      return v - (v <= most >> 1 ? most : 0);
    }

   private:
    std::uint32_t word_ = 0;
  };
  static constexpr int kEnd = 64;

  /// `of_runs`: symbols are a run and a size (AC); else a size (DC). Does nothing where it is the same table
  /// as before.
  void build(const JHUFF_TBL& table, bool of_runs);
  Entry at(std::uint64_t window) const { return entries_[window >> (64 - kBits)]; }
  /// A code longer than kBits; not known where there is none.
  Entry long_code(std::uint64_t window) const;

 private:
  Entry meaning(int symbol, int length) const;

  std::array<Entry, std::size_t{1} << kBits> entries_;
  std::array<std::uint32_t, 17> last_{};  ///< per length: one above its largest code, left-aligned in 16 bits
  std::array<int, 17> offset_{};          ///< per length: what makes a place in symbols_ of a code
  std::array<std::uint8_t, 17> counts_{};
  std::array<std::uint8_t, 256> symbols_{};
  bool of_runs_ = false;
};

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
  struct Bits {
    const unsigned char *next = nullptr, *limit = nullptr;
    std::uint64_t window = 0;
    int count = 0;
    void refill();
    void drop(int n) {
      window <<= n;
      count -= n;
    }
  };
  struct Block {
    int component = 0;
    const HuffmanTable *dc = nullptr, *ac = nullptr;
  };

  void start(jpeg_decompress_struct& jpeg, std::size_t longest);
  bool skips();
  static boolean decode_mcu(j_decompress_ptr jpeg, JBLOCKROW* blocks);
  bool next_segment();
  void load(std::span<const unsigned char> segment);
  bool read_block(const Block& block, JCOEF* out);
  bool overrun() const;

  std::span<const std::span<const unsigned char>> segments_;
  std::span<const unsigned char> rest_;  ///< of the source, where it has no segments given
  std::size_t segment_ = 0;
  unsigned interval_ = 0, left_ = 0;                        ///< MCUs
  unsigned column_ = 0, wanted_columns_ = 0, columns_ = 0;  ///< of tiles side by side; else 0
  std::vector<unsigned char> plain_;  ///< the segment without stuffed zeros, and zeros behind
  std::size_t plain_size_ = 0;
  Bits bits_;
  std::array<int, MAX_COMPS_IN_SCAN> dc_{};
  std::array<Block, D_MAX_BLOCKS_IN_MCU> blocks_{};
  int block_count_ = 0;
  std::array<HuffmanTable, NUM_HUFF_TBLS> dc_tables_, ac_tables_;
};

}  // namespace doppel::augment
