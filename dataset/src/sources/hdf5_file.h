// HDF5 files as the plug-in that holds the library reads them (dataset/plugin/hdf5.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "array.h"

namespace doppel::dataset {

/// One array of an HDF5 file.
struct Hdf5Dataset {
  ArrayFacts facts;
  std::optional<std::uint64_t> offset = {};  ///< where its numbers lie in the file, if one behind the other
  std::vector<std::uint64_t> chunk = {};     ///< the shape of its chunks, where they can be read without
                                             ///< the library: packed by nothing but `packing`
  std::vector<int> packing = {};  ///< HDF5's numbers of its filters: 1 deflate, 2 shuffle, 32000 LZF
  std::vector<std::string> class_names = {};  ///< of its attributes
};

/// A chunk as it lies in the file.
struct Hdf5Chunk {
  std::vector<unsigned char> packed = {};  ///< none where it was never written
  unsigned left_out = 0;                   ///< bit k: filter k wasn't applied
};

/// The library isn't safe for threads: its calls wait for each other, in all files. Errors are
/// std::runtime_error, without the file's name.
class Hdf5File {
 public:
  virtual ~Hdf5File() = default;
  virtual const std::vector<Hdf5Dataset>& datasets() const = 0;
  /// `count` rows from row `first` on.
  virtual void read(std::size_t dataset, std::uint64_t first, std::uint64_t count,
                    unsigned char* into) const = 0;
  virtual std::vector<std::string> texts(std::size_t dataset) const = 0;
  virtual std::vector<unsigned char> file(std::size_t dataset, std::uint64_t row) const = 0;
  /// The chunk that begins at this place.
  virtual Hdf5Chunk chunk(std::size_t dataset, const std::vector<std::uint64_t>& place) const = 0;
};

/// The plug-in's only function. Null, with the reason, where the file can't be opened.
using OpenHdf5 = Hdf5File* (*)(const char* path, std::string& problem);

}  // namespace doppel::dataset
