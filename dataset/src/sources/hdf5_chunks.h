// HDF5's chunks, unpacked beside the library by any number of threads.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "hdf5_file.h"

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
  using Bytes = std::vector<unsigned char>;
  using BytesPtr = std::shared_ptr<const Bytes>;
  /// Those of several rows, the last that were asked for; at most kHeld bytes.
  struct Held {
    std::mutex mutex;
    std::list<std::pair<std::uint64_t, BytesPtr>> last;
    std::unordered_map<std::uint64_t, std::list<std::pair<std::uint64_t, BytesPtr>>::iterator> by_number;
  };
  static constexpr std::uint64_t kHeld = std::uint64_t{1} << 29, kMostOfChunk = std::uint64_t{1} << 28;

  bool read_row(std::uint64_t row, unsigned char* into) const;
  BytesPtr chunk_at(std::uint64_t number, const std::vector<std::uint64_t>& place) const;
  BytesPtr unpacked(const std::vector<std::uint64_t>& place) const;
  void copy(const Bytes& chunk, const std::vector<std::uint64_t>& place, std::uint64_t row,
            unsigned char* into) const;

  const Hdf5File& library_;
  std::size_t dataset_;
  const Hdf5Dataset& facts_;
  std::uint64_t chunk_bytes_, row_bytes_;
  std::vector<std::uint64_t> in_row_;  ///< chunks along each axis; 1 along the first
  std::unique_ptr<Held> held_;
};

}  // namespace doppel::dataset
