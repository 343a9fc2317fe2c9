// NumPy's .npy, and what is stored in that form elsewhere.
#pragma once

#include <filesystem>
#include <string>

#include "array.h"
#include "byte_range.h"
#include "doppel/codec/npy_header.h"

namespace doppel::dataset {

/// A whole .npy, of which rows are read where they lie, but for Fortran's order. Throws Error, which begins
/// with the name, where the header is damaged or promises other than what follows it.
ArrayPtr npy_array(std::string name, std::string inner, ByteRange bytes);
/// The same of a file; its name is the path.
ArrayPtr npy_array(const std::filesystem::path& file);

/// What a .npy says of itself.
struct NpyFacts {
  NpyHeader header;
  ArrayFacts array;
  /// `head`: its first bytes, NpyHeader::kMost of `size` where there are as many. Throws Error without the
  /// name.
  static NpyFacts read(std::string name, std::string inner, std::span<const unsigned char> head,
                       std::uint64_t size);
};

}  // namespace doppel::dataset
