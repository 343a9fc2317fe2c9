// TIFF's directories of tags: a TIFF file is made of them, and so is what EXIF says in other files.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "numbers.h"

namespace doppel {

/// Reads tags; the bytes must outlive it. What lies beyond their end isn't there.
class TiffBlock {
 public:
  /// Nothing where the bytes don't begin as TIFF does ("II*", "MM*") or BigTIFF ("II+", "MM+"), whose places
  /// and counts have 64 bits.
  static std::optional<TiffBlock> open(std::span<const unsigned char> bytes);
  std::size_t first_directory() const { return place_at(is_big_ ? 8 : 4); }
  /// Bytes that a directory takes.
  std::size_t size_of(std::size_t directory) const;
  /// 0 after the last.
  std::size_t next_directory(std::size_t directory) const;
  /// The first whole number of a tag; `otherwise` where it has none. Beyond 32 bits it's the largest of
  /// those.
  std::uint32_t number_of(std::size_t directory, unsigned tag, std::uint32_t otherwise) const;
  /// The first `most` of them; empty where there are none.
  std::vector<std::uint32_t> numbers_of(std::size_t directory, unsigned tag, std::size_t most = 8) const;

 private:
  TiffBlock(std::span<const unsigned char> bytes, ByteOrder order) : bytes_(bytes), order_(order) {}
  struct Values {
    std::size_t at = 0, size = 0, count = 0;  ///< bytes of one; how many
  };
  Values find(std::size_t directory, unsigned tag) const;
  std::uint32_t number(std::size_t at, std::size_t size) const { return number_at(bytes_, at, size, order_); }
  std::uint64_t number64(std::size_t at) const;
  /// A place in the file or a count, of 4 bytes or 8.
  std::size_t place_at(std::size_t at) const { return is_big_ ? number64(at) : number(at, 4); }
  std::size_t entries_of(std::size_t directory) const;
  std::uint32_t value(const Values& values, std::size_t i) const;

  std::span<const unsigned char> bytes_;
  ByteOrder order_;
  bool is_big_ = false;
};

}  // namespace doppel
