// Huffman tables of JPEGs: a code, the run before its coefficient and the size of its value by one look-up.
#pragma once

// jpeglib.h needs it before.
#include <cstdio>

#include <jpeglib.h>

#include <array>
#include <cstdint>

namespace doppel {

/// A Huffman table, by the next bits of the data.
class HuffmanTable {
 public:
  static constexpr int kBits = 10;
  static constexpr unsigned kEnd = 64;       ///< the skip of a block's last code
  static constexpr unsigned kUnknown = 127;  ///< the skip of a code longer than kBits, and of what is no code

  /// What a code says, in one word that shifts take their counts from as it is.
  struct Entry {
    std::uint32_t word =
        0;  ///< from the lowest byte: bits of code and value, of the code, 63 - the value's, skip
    bool is_known() const { return skip() != kUnknown; }
    unsigned bits() const { return word & 63; }
    unsigned skip() const { return word >> 24; }  ///< coefficients to go on by
    /// Of a window that begins with the code (ISO/IEC 10918-1, figure F.12).
    std::int64_t value(std::uint64_t window) const {
      constexpr std::uint64_t kMost = ~std::uint64_t{0} >> 1;
      const std::uint64_t shifted = window << (word >> 8 & 63);
      const auto positive = static_cast<std::uint64_t>(static_cast<std::int64_t>(shifted) >> 63);
      const unsigned rest = word >> 16 & 63;
      return static_cast<std::int64_t>((shifted >> 1 >> rest) - (~positive & (kMost >> rest)));
    }
  };

  /// `of_runs`: symbols are a run and a size (AC); else a size (DC). Does nothing where it is the same table
  /// as before.
  void build(const JHUFF_TBL& table, bool of_runs);
  /// Of a window that begins with a code of kBits at most.
  Entry of_short(std::uint64_t window) const { return entries_[window >> (64 - kBits)]; }
  /// Of one that begins with any.
  Entry of_any(std::uint64_t window) const {
    const Entry entry = of_short(window);
    return entry.is_known() ? entry : of_long(window);
  }

 private:
  Entry of_long(std::uint64_t window) const;
  Entry meaning(int symbol, int length) const;

  std::array<Entry, std::size_t{1} << kBits> entries_;
  std::array<std::uint32_t, 17> last_{};  ///< per length: one above its largest code, left-aligned in 16 bits
  std::array<int, 17> offset_{};          ///< per length: what makes a place in symbols_ of a code
  std::array<std::uint8_t, 17> counts_{};
  std::array<std::uint8_t, 256> symbols_{};
  bool of_runs_ = false;
};

}  // namespace doppel
