// How a batch is split into shards.
#pragma once

#include <vector>

#include "step.h"

namespace doppel::nn::engine {

/// Which of a batch's rows are a process's.
struct BatchPart {
  int rows = 0;
  int first = 0;  ///< in the whole batch
  int all = 0;    ///< rows of the whole batch
  bool operator==(const BatchPart&) const = default;
};

/// The shards of a process, of `shards` each in `world` processes, that have rows. Where the processes' parts
/// are as a loader makes them, these are the shards of one process that has them all.
std::vector<Shard> split_batch(const BatchPart& part, int shards, int rank, int world);
/// The same in a group; null: of a process by itself.
inline std::vector<Shard> split_batch(const BatchPart& part, int shards, const Group* group) {
  return split_batch(part, shards, group ? group->rank() : 0, group ? group->world() : 1);
}

/// Of a process whose images of a batch were all left out: Error, with what would be right.
[[noreturn]] void throw_without_images(const Group& group);

}  // namespace doppel::nn::engine
