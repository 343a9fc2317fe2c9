// Packs on web servers that don't say what a folder holds.
#pragma once

#include <filesystem>

#include "parts.h"

namespace doppel::dataset {

/// The parts of a pack, by its shards' names: a folder's `00000.tar`, or those of train/, valid/ and test/.
/// Empty where there are none. Throws Error where a shard is damaged.
Parts open_unlisted_pack(const std::filesystem::path& folder);

}  // namespace doppel::dataset
