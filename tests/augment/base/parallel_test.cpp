#include "doppel/base/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "in_child.h"

namespace doppel {
namespace {

std::vector<std::size_t> numbers(std::size_t first, std::size_t last) {
  std::vector<std::size_t> all(last - first);
  std::iota(all.begin(), all.end(), first);
  return all;
}

TEST(Parallel, DoesEachOnce) {
  std::vector<std::atomic<int>> times(1000);
  for_all(times.size(), [&](std::size_t i) { ++times[i]; });
  EXPECT_TRUE(std::ranges::all_of(times, [](const auto& n) { return n == 1; }));
  for_all(0, [](std::size_t) { FAIL(); });
}

TEST(Parallel, UsesInOrderWhatIsMadeInAny) {
  std::vector<std::size_t> used;
  ThreadArena(4).run([&] {
    for_all_in_order(
        10, 200, 8,
        [](std::size_t i) {
          std::this_thread::sleep_for(std::chrono::microseconds(i % 7 * 50));
          return std::make_unique<std::size_t>(i);  // moved, not copied
        },
        [&](std::unique_ptr<std::size_t> made) { used.push_back(*made); });
  });
  EXPECT_EQ(used, numbers(10, 200));
}

TEST(Parallel, MakesOnlySoManyAhead) {
  std::atomic<std::size_t> made = 0, used = 0, most = 0;
  for_all_in_order(
      0, 100, 3,
      [&](std::size_t i) {
        std::size_t ahead = ++made - used;
        for (std::size_t seen = most; seen < ahead && !most.compare_exchange_weak(seen, ahead);) {}
        return i;
      },
      [&](std::size_t) { ++used; });
  EXPECT_EQ(used, 100U);
  EXPECT_LE(most, 3U);
}

TEST(Parallel, AnErrorEndsIt) {
  const auto fails_at_20 = [](std::size_t i) {
    if (i == 20) throw std::runtime_error("twenty");
    return i;
  };
  EXPECT_THROW(for_all(100, fails_at_20), std::runtime_error);
  std::vector<std::size_t> used;
  EXPECT_THROW(for_all_in_order(0, 100, 4, fails_at_20, [&](std::size_t i) { used.push_back(i); }),
               std::runtime_error);
  EXPECT_EQ(used, numbers(0, used.size()));
  EXPECT_LE(used.size(), 20U);
}

TEST(Parallel, WhoIsIsolatedTakesNothingElse) {
  std::mutex mutex;
  ThreadArena(2).run([&] {
    for_all(64, [&](std::size_t) {
      const std::lock_guard lock(mutex);  // one of the other 63 would wait for it, on this thread
      isolated([] { for_all(64, [](std::size_t) { std::this_thread::yield(); }); });
    });
  });
  EXPECT_EQ(isolated([] { return 5; }), 5);
}

/// In a forked process, whose parent had oneTBB at work.
template <class Act>
int after_work_in_child(const Act& act) {
  for_all(64, [](std::size_t) { std::this_thread::yield(); });
  return in_child([&] { return act() ? 3 : 4; });
}

TEST(Parallel, AForkedProcessDoesAllInOrderOnItsThread) {
  const std::thread::id self = std::this_thread::get_id();
  EXPECT_EQ(after_work_in_child([&] {
              std::vector<std::size_t> seen, used;
              ThreadArena arena(4);
              const bool mine = arena.run([&] {
                for_all(50, [&](std::size_t i) { seen.push_back(i); });
                for_all_in_order(
                    3, 50, 8, [](std::size_t i) { return i; }, [&](std::size_t i) { used.push_back(i); });
                return isolated([] { return std::this_thread::get_id(); }) == self;
              });
              return mine && seen == numbers(0, 50) && used == numbers(3, 50);
            }),
            3);
}

TEST(Parallel, AnArenaThatWasInheritedIsOneThread) {
  ThreadArena arena(2);
  arena.run([] { for_all(64, [](std::size_t) { std::this_thread::yield(); }); });
  EXPECT_EQ(in_child([&] {
              std::vector<std::size_t> seen;
              arena.run([&] { for_all(50, [&](std::size_t i) { seen.push_back(i); }); });
              return seen == numbers(0, 50) ? 3 : 4;
            }),
            3);
}

}  // namespace
}  // namespace doppel
