// HDF5's chunks, unpacked beside the library by any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "hdf5_file.h"
#include "unpacked_blocks.h"

namespace doppel::dataset {

/// The bytes of a chunk of so many, of numbers of `item` bytes. `packing`: shuffle (2), then deflate (1) or
/// LZF (32000), either or neither; bit k of `left_out`: the k-th wasn't applied. Throws Error, without a
/// name.
std::vector<unsigned char> unpacked_hdf5_chunk(std::vector<unsigned char> packed,
                                               const std::vector<int>& packing, unsigned left_out,
                                               std::size_t item, std::uint64_t bytes);

/// Rows of an array in chunks that are packed by nothing but shuffle, deflate and LZF. The library is asked
/// where a chunk lies, and reads rows with chunks that were never written.
class Hdf5Chunks {
 public:
  /// Of one that can_read(). The file outlives it.
  Hdf5Chunks(const Hdf5File& library, std::size_t dataset);
  /// Whether an array can be read so.
  static bool can_read(const Hdf5Dataset& dataset);
  /// Rows from `first` on, as many as there is room for. Throws Error, without a name, and what the library
  /// throws.
  void read(std::uint64_t first, std::span<unsigned char> into) const;

 private:
  using Bytes = UnpackedBlocks::Bytes;
  using BytesPtr = UnpackedBlocks::BytesPtr;
  static constexpr std::uint64_t kMostInMemory = std::uint64_t{1} << 26,
                                 kMostOfChunk = std::uint64_t{1} << 28;

  bool read_row(std::uint64_t row, unsigned char* into) const;
  BytesPtr chunk_at(std::uint64_t number, const std::vector<std::uint64_t>& place) const;
  BytesPtr unpacked(const std::vector<std::uint64_t>& place) const;
  void copy(const Bytes& chunk, const std::vector<std::uint64_t>& place, std::uint64_t row,
            unsigned char* into) const;

  const Hdf5File& library_;
  std::size_t dataset_;
  const Hdf5Dataset& facts_;
  std::uint64_t chunk_bytes_, row_bytes_;
  std::vector<std::uint64_t> in_row_;     ///< chunks along each axis; 1 along the first
  bool is_whole_rows_ = true;             ///< a chunk's rows lie one behind the other
  std::unique_ptr<UnpackedBlocks> held_;  ///< of chunks of several rows
};

}  // namespace doppel::dataset
