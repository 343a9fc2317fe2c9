// What lies around the samples of a shard: tar headers, what fills blocks up, and texts that the index has as
// well.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "doppel/base/random_file.h"

namespace doppel::dataset::pack {

/// A member of a shard.
struct TarMember {
  std::string name;
  std::uint64_t at = 0, size = 0;  ///< of its content, in the file
};

/// Goes over the members from `at` (a tar header) to `end`. Throws Error where a header isn't what
/// tar_header() writes of its name and size, or where something else than zeros fills a block up or lies
/// behind the last member.
void walk_tar(const RandomFile& file, std::uint64_t at, std::uint64_t end,
              const std::function<void(const TarMember&)>& see);

}  // namespace doppel::dataset::pack
