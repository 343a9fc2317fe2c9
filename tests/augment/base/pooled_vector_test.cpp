// Memory for the time of one rendering.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "base/pooled_vector.h"

namespace doppel::augment {
namespace {

TEST(BlockPool, ABlockHasOneOwner) {
  std::vector<PooledVector<int>> held;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) held.emplace_back(static_cast<std::size_t>(1 + 13 * i), i);
    for (int i = 0; i < 100; ++i)
      ASSERT_TRUE(std::ranges::all_of(held[static_cast<std::size_t>(i)], [i](int v) { return v == i; })) << i;
    held.clear();
  }
}

TEST(BlockPool, TakesBackWhatAnotherThreadTookAndWhatItKeptAtItsEnd) {
  for (int round = 0; round < 20; ++round) {
    std::vector<PooledVector<int>> made;
    std::thread maker([&] {
      for (int i = 0; i < 50; ++i) made.emplace_back(static_cast<std::size_t>(1 + 20 * i), round);
    });
    maker.join();
    for (const auto& v : made) ASSERT_TRUE(std::ranges::all_of(v, [round](int x) { return x == round; }));
  }
}

TEST(BlockPool, AlignsWhatAsksForIt) {
  for (const std::size_t alignment : {8, 16, 64, 256}) {
    void* block = block_pool().allocate(100, alignment);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0U);
    block_pool().deallocate(block, 100, alignment);
  }
}

}  // namespace
}  // namespace doppel::augment
