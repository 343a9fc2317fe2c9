#include "loader/workers.h"

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <set>
#include <thread>
#include <vector>

#include "doppel/base/forked.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/sources/memory.h"
#include "in_child.h"

namespace doppel::dataset {
namespace {

/// Keeps oneTBB's threads busy, so that a fork may meet them at any place.
void use_tbb() {
  std::atomic<int> sum = 0;
  tbb::parallel_for(0, 64, [&](int i) { sum += i; });
}

TEST(Workers, AForkedProcessKnowsThatItIs) {
  EXPECT_FALSE(is_forked());
  EXPECT_EQ(in_child([] { return is_forked() ? 3 : 4; }), 3);
  EXPECT_FALSE(is_forked());
}

#ifndef __SANITIZE_THREAD__  // it knows no threads of forked processes
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
#endif

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what is freed
std::size_t resident_bytes() {
  std::size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Workers, TasksThatNobodyHasTimeForDoNotPileUp) {
  std::atomic<bool> over = false;
  tbb::task_arena others(8);
  for (int i = 0; i < 8; ++i) others.enqueue([&] { over.wait(false); });  // all of oneTBB's threads
  augment::Sample sample;
  sample.image = cv::Mat(2, 2, CV_8UC1, cv::Scalar(7));
  const auto source = std::make_shared<InMemory>(std::vector(8, sample), std::vector<std::string>{});
  Loader loader(source, {}, {.batch = 1, .workers = 4});
  const auto epochs = [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t epoch = first; epoch < last; ++epoch)
      for (const Batch& batch : loader.epoch(epoch)) EXPECT_EQ(batch.size(), 1U);
  };
  epochs(0, 1000);
  const std::size_t before = resident_bytes();
  epochs(1000, 11000);
  EXPECT_LT(resident_bytes(), before + (4U << 20));  // 80,000 batches
  over = true;
  over.notify_all();
}
#endif

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
