// The pages of a Parquet column, found by their headers and unpacked one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "parquet_footer.h"

namespace doppel::dataset {

struct ParquetPage {
  enum class Kind { Dictionary, Data, DataV2 };
  Kind kind = Kind::Data;
  std::uint64_t at = 0;                          ///< of its body in the file
  std::uint32_t packed = 0, unpacked = 0;        ///< the body's bytes
  std::uint32_t values = 0;                      ///< with those that are null
  std::uint32_t repetition = 0, definition = 0;  ///< bytes of levels before the values, of DataV2
  int encoding = 0;                              ///< as the file numbers them
  Packing packing = Packing::None;               ///< of all but DataV2's levels
  std::uint32_t levels() const { return repetition + definition; }
};

/// Shows the pages of a chunk, in order. Throws Error, without the path, where they don't lie in it, and for
/// one of more than 2^24 values, which runs and differences say in a few bytes.
void each_parquet_page(const RandomFile& file, const ParquetChunk& chunk,
                       const std::function<void(const ParquetPage&)>& show);

/// A page's levels and values. Throws Error, also as unpacked().
std::vector<unsigned char> parquet_body(const RandomFile& file, const ParquetPage& page);

/// What is said of a data page's values: how deep each is in lists, and whether it's there.
struct ParquetLevels {
  std::vector<std::uint8_t> repetition, definition;  ///< of each value; empty where all are 0
  std::size_t values_at = 0;                         ///< where in the body the values begin
  std::size_t present = 0;                           ///< values that are there
};
ParquetLevels parquet_levels(std::span<const unsigned char> body, const ParquetPage& page,
                             const ParquetLeaf& leaf);

}  // namespace doppel::dataset
