// What extended headers say about a tar's members: pax records, and GNU's long names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tar_sparse.h"

namespace doppel::dataset {

/// The records that bear on where a member's content lies and what it is called; others are passed over.
struct PaxRecords {
  std::string path, link_path;
  std::optional<std::uint64_t> size;  ///< bytes in the tar

  /// GNU's sparse files: 0.0 lists pieces record by record, 0.1 in one, 1.0 at the beginning of the content.
  std::string sparse_name;
  std::optional<std::uint64_t> sparse_size;  ///< bytes with the zeros
  std::uint64_t sparse_major = 0;
  SparseMap sparse_map;

  /// Adds the records "length key=value\n" of a header. An empty value takes back what was said before.
  /// Throws Error.
  void read(std::string_view text);

 private:
  void take(std::string_view key, std::string_view value);
};

}  // namespace doppel::dataset
