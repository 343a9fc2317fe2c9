// How Parquet writes values in a page: runs of small numbers, differences, and arrays of bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "doppel/base/byte_reader.h"
#include "parquet_footer.h"

namespace doppel::dataset {

/// As the file numbers them.
enum class ParquetEncoding {
  Plain = 0,
  PlainDictionary = 2,
  Runs = 3,
  DeltaNumbers = 5,
  DeltaLengths = 6,
  DeltaBytes = 7,
  Dictionary = 8
};
inline bool is_dictionary(int encoding) { return encoding == 2 || encoding == 8; }

inline int bits_for(std::uint32_t most) { return std::bit_width(most); }

/// Numbers of a few bits: runs of one number, and groups of eight.
class RunReader {
 public:
  /// Throws Error for more than 32 bits.
  RunReader(std::span<const unsigned char> bytes, int bits);
  /// Throws Error at the end.
  std::uint32_t next();

 private:
  ByteReader bytes_;
  int bits_;
  std::uint64_t repeats_ = 0, literals_ = 0;  ///< left of a run, of groups
  std::uint32_t value_ = 0;
  std::uint64_t held_ = 0;  ///< bits that were read and not used
  int held_bits_ = 0;
};

/// DELTA_BINARY_PACKED; `most`: more numbers than that are an error.
std::vector<std::int64_t> delta_numbers(ByteReader& bytes, std::size_t most);

/// Where a value lies among other bytes.
struct ParquetSlot {
  static constexpr std::uint32_t kNull = 0xffffffff;
  std::uint32_t at = 0, size = kNull;
  bool is_null() const { return size == kNull; }
};

/// `count` byte arrays that begin at `at` of `body`, whose slots are in it. What DELTA_BYTE_ARRAY says in
/// pieces is put together, and takes the place of `body`: up to 2^28 bytes, or 16 times `body`. Throws Error
/// where they don't lie there, for another encoding, and beyond 2 GiB.
std::vector<ParquetSlot> byte_slots(std::vector<unsigned char>& body, std::size_t at, std::size_t count,
                                    ParquetEncoding encoding);

}  // namespace doppel::dataset
