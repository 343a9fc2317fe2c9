#include "loader/workers.h"

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <set>
#include <thread>
#include <vector>

#include "dataset/in_child.h"
#include "sources/for_all.h"

namespace doppel::dataset {
namespace {

/// Keeps oneTBB's threads busy, so that a fork may meet them at any place.
void use_tbb() {
  std::atomic<int> sum = 0;
  tbb::parallel_for(0, 64, [&](int i) { sum += i; });
}

/// How many threads work at once, of `wanted`: each waits until all are there.
int threads_at_once(int wanted) {
  std::atomic<int> there = 0;
  Workers workers(wanted + 1);
  for (int i = 0; i < wanted; ++i)
    workers.enqueue([&] {
      ++there;
      there.notify_all();
      for (int seen = there; seen < wanted; seen = there) there.wait(seen);
    });
  for (int seen = there; seen < wanted; seen = there) there.wait(seen);
  return there;
}

TEST(Workers, AForkedProcessKnowsThatItIs) {
  EXPECT_FALSE(is_forked());
  EXPECT_EQ(in_child([] { return is_forked() ? 3 : 4; }), 3);
  EXPECT_FALSE(is_forked());
}

TEST(Workers, AForkedProcessHasThreadsOfItsOwn) {
  use_tbb();
  EXPECT_EQ(in_child([] { return threads_at_once(3); }), 3);
}

TEST(Workers, TasksThatNobodyHadTimeForAreDropped) {
  EXPECT_EQ(in_child([] {
              std::atomic<int> done = 0;
              {
                Workers workers(2);
                for (int i = 0; i < 100; ++i)
                  workers.enqueue([&] {
                    ++done;
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                  });
              }
              const int then = done;
              std::this_thread::sleep_for(std::chrono::milliseconds(50));
              return done == then && done < 100 ? 3 : 4;
            }),
            3);
}

TEST(Workers, AForkedProcessGoesThroughAllInOrderOnItsThread) {
  EXPECT_EQ(in_child([] {
              std::vector<std::size_t> seen;
              for_all(50, [&](std::size_t i) { seen.push_back(i); });
              return seen.size() == 50 && seen[0] == 0 && std::ranges::is_sorted(seen) ? 3 : 4;
            }),
            3);
}

TEST(Workers, OpenCVHasOneThreadInAForkedProcess) {
  EXPECT_EQ(in_child([] {
              std::set<std::thread::id> threads;
              cv::parallel_for_({0, 64},
                                [&](const cv::Range&) { threads.insert(std::this_thread::get_id()); });
              return threads == std::set{std::this_thread::get_id()} ? 3 : 4;
            }),
            3);
}

}  // namespace
}  // namespace doppel::dataset
