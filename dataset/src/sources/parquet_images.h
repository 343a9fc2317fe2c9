// A column of encoded images in Parquet files, any row of which is read by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "parquet_pages.h"
#include "parquet_values.h"
#include "unpacked_blocks.h"

namespace doppel::dataset {

/// Pages are found when they are added, and unpacked when a row of theirs is first asked for. From then on
/// it's known where each image lies: of a page that isn't packed its bytes alone are read, of one by Snappy
/// the 64 KiB around it, unless they are small. Other pages are unpacked whole, once where they find a place.
class ParquetImages {
 public:
  /// Adds the rows of a chunk. The file and the leaf must stay. Throws Error, without the path.
  void add(const RandomFile& file, const ParquetLeaf& leaf, const ParquetChunk& chunk, std::uint64_t rows);
  std::uint64_t rows() const { return rows_; }
  /// The bytes; none where it's null. Throws Error, without the path. From any thread.
  std::vector<unsigned char> bytes(std::uint64_t row) const;
  std::uint64_t packed_bytes(std::uint64_t row) const;  ///< that prepare() asks for
  /// Asks the system for a row's page.
  void prepare(std::uint64_t row) const;
  /// The mean of what must be unpacked for a row, where that is its whole page; 0 where it isn't.
  std::uint64_t unpacked_per_row() const;

 private:
  using Number = std::uint32_t;
  static constexpr Number kNoPage = 0xffffffff;
  static constexpr std::uint64_t kMostInMemory = std::uint64_t{1} << 26;
  struct Place {
    ParquetPage page;
    const RandomFile* file;
    const ParquetLeaf* leaf;
    Number dictionary;  ///< the page of a data page's dictionary
    std::uint64_t first_row;
  };
  /// What is known of a page once it was unpacked.
  struct Values {
    std::vector<ParquetSlot> slots;     ///< of each row, or of each value of a dictionary
    Number store;                       ///< the page that they are in
    bool is_rebuilt = false;            ///< they aren't as they lie in the page
    std::vector<std::uint32_t> pieces;  ///< as snappy_pieces()
  };
  struct Unpacked {
    std::shared_ptr<const Values> values;
    UnpackedBlocks::BytesPtr body;
  };
  const Place& place_of(std::uint64_t row) const;
  Number number_of(const Place& place) const { return static_cast<Number>(&place - pages_.data()); }
  Unpacked unpack(Number page) const;
  bool is_worth_keeping(Number page, const Values& values) const;
  std::shared_ptr<const Values> values_of(Number page) const;
  std::vector<unsigned char> read(const Values& values, const ParquetSlot& slot) const;
  void use_dictionary(const Place& place, const std::vector<unsigned char>& body, const ParquetLevels& levels,
                      Values& values) const;

  std::vector<Place> pages_;
  std::vector<Number> data_;  ///< pages with rows, in order
  std::uint64_t rows_ = 0;
  mutable std::mutex mutex_;                                  ///< of what follows
  mutable std::vector<std::shared_ptr<const Values>> known_;  ///< by page
  std::unique_ptr<UnpackedBlocks> unpacked_ = std::make_unique<UnpackedBlocks>(kMostInMemory);
};

}  // namespace doppel::dataset
