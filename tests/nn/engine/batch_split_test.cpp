#include "engine/batch_split.h"

#include <gtest/gtest.h>

namespace doppel::nn::engine {
namespace {

using Edges = std::vector<std::pair<int, int>>;

/// First row and rows of each shard, in the whole batch.
Edges edges(const BatchPart& part, int shards, int rank, int world) {
  Edges all;
  for (const Shard& shard : split_batch(part, shards, rank, world))
    all.emplace_back(part.first + shard.first, shard.rows);
  return all;
}

TEST(BatchSplit, IsTheSameForAnyNumberOfProcesses) {
  constexpr int kShards = 8;
  for (const int rows : {8, 21, 64, 100})
    for (const int world : {2, 4, 8}) {
      Edges together;
      for (int rank = 0; rank < world; ++rank) {
        const int first = rows * rank / world, last = rows * (rank + 1) / world;
        for (const auto& edge : edges({last - first, first, rows}, kShards / world, rank, world))
          together.push_back(edge);
      }
      EXPECT_EQ(together, edges({rows, 0, rows}, kShards, 0, 1))
          << rows << " rows, " << world << " processes";
    }
}

TEST(BatchSplit, OfFewRowsHasNoEmptyShards) { EXPECT_EQ(edges({2, 0, 2}, 4, 0, 1), (Edges{{0, 1}, {1, 1}})); }

TEST(BatchSplit, OfPartsThatSomebodyElseMadeIsEven) {
  EXPECT_EQ(edges({9, 2, 20}, 2, 1, 3), (Edges{{2, 4}, {6, 5}}));
}

}  // namespace
}  // namespace doppel::nn::engine
