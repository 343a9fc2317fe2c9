#include "batch_split.h"

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel::nn::engine {

std::vector<Shard> split_batch(const BatchPart& part, int shards, int rank, int world) {
  const auto edge = [](int rows, int shard, int of) {
    return static_cast<int>(std::int64_t{rows} * shard / of);
  };
  const int before = rank * shards, all = world * shards;
  const bool fits = edge(part.all, before, all) == part.first &&
                    edge(part.all, before + shards, all) == part.first + part.rows;
  std::vector<Shard> split;
  for (int i = 0; i < shards; ++i) {
    const int first = fits ? edge(part.all, before + i, all) - part.first : edge(part.rows, i, shards);
    const int last = fits ? edge(part.all, before + i + 1, all) - part.first : edge(part.rows, i + 1, shards);
    if (last > first) split.push_back({static_cast<int>(split.size()), first, last - first});
  }
  return split;
}

void throw_without_images(const Group& group) {
  throw Error(fmt::format(
      "process {} of the group has no image left of its part of a batch: let others take the place "
      "of broken ones (--on-error replace)",
      group.rank()));
}

}  // namespace doppel::nn::engine
