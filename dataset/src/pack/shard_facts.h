// What a shard says of how it was made, for who packs the same again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/sources/source.h"
#include "notes.h"
#include "shard_findings.h"

namespace doppel::dataset::pack {

/// The content of a shard's last member but one.
struct ShardFacts {
  std::uint64_t digest = 0;  ///< of the options, the classes, and all samples as they were read
  ShardFindings findings;
};

/// What samples of a data set are known by: bytes or pixels, masks, maps, labels and all else that is said.
/// The same wherever and whenever they are read.
std::uint64_t digest_of(const Item& item, const NoteFacts& facts);
/// Of one that can't be read.
std::uint64_t digest_of_unreadable();

/// A member's content, of whole blocks of a tar file: what ends it says where it begins.
std::vector<unsigned char> bytes_of(const ShardFacts& facts);
/// Whether a member's content is as bytes_of() wrote it, to the bit.
bool is_whole(std::span<const unsigned char> bytes);
/// Those of a shard on the disk or in a store; nothing where it has none, as shards from before, or they are
/// damaged. `index_at`: where the content of the shard's index begins.
std::optional<ShardFacts> facts_of(const std::filesystem::path& shard, std::uint64_t index_at);

}  // namespace doppel::dataset::pack
