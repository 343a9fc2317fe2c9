// What index.json says of MDS shards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "unpack.h"

namespace doppel::dataset {

/// A column of every sample.
struct MdsColumn {
  std::string name, encoding;         ///< "jpeg", "int32" …
  std::optional<std::uint32_t> size;  ///< of each value in bytes; none: each says its own
  friend bool operator==(const MdsColumn&, const MdsColumn&) = default;
};

struct MdsShardFacts {
  std::filesystem::path file;  ///< plain, or packed
  Packing packing = Packing::None;
  std::uint64_t bytes = 0;       ///< plain
  std::uint64_t file_bytes = 0;  ///< of the file
  std::uint32_t samples = 0;
  std::vector<MdsColumn> columns;
};

/// Of a folder's index.json. A plain shard that is there comes before a packed one. Throws Error with the
/// path.
std::vector<MdsShardFacts> read_mds_index(const std::filesystem::path& folder);

}  // namespace doppel::dataset
