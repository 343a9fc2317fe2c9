// The safetensors format: 8 bytes of header length, a JSON header, then the numbers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace doppel::nn {

/// Named float tensors and text that belongs to them.
struct TensorFile {
  /// One tensor.
  struct Entry {
    std::vector<std::int64_t> shape;  ///< sides, the slowest first; empty: of a single number
    std::vector<float> value;         ///< as many as the shape holds, row-major
  };
  std::map<std::string, Entry> tensors;         ///< by name
  std::map<std::string, std::string> metadata;  ///< the header's `__metadata__`
};

/// Writes beside and renames. Throws Error; an old file is then still whole.
void save_tensors(const std::filesystem::path& path, const TensorFile& file);

/// Throws Error where the file can't be read, or the header lies: longer than the file, overlapping or
/// missing bytes, a type other than F32.
TensorFile load_tensors(const std::filesystem::path& path);

}  // namespace doppel::nn
