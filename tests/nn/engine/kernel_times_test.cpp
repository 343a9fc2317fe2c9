#include "engine/kernel_times.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "dataset/temporary_folder.h"

namespace doppel::nn {
namespace {

using dataset::TemporaryFolder;
using engine::KernelTimes;

const std::vector<std::string> kKernels{"direct", "winograd"};
const KernelTimes::Times kSomeTimes{{"direct", 2.0}, {"winograd", 1.0}};

KernelTimes::Times measured_again() {
  ADD_FAILURE() << "it was measured again";
  return {};
}

TEST(KernelTimes, AreKeptFromRunToRun) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "below" / "kernels.json";
  KernelTimes first(file), beside(file);
  EXPECT_EQ(first.get("a", kKernels, [] { return kSomeTimes; }), kSomeTimes);
  // Another process that was already running when the first wrote.
  EXPECT_EQ(beside.get("b", kKernels, [] { return kSomeTimes; }), kSomeTimes);
  EXPECT_EQ(beside.get("a", kKernels, measured_again), kSomeTimes);
  KernelTimes later(file);
  EXPECT_EQ(later.get("a", kKernels, measured_again), kSomeTimes);
  EXPECT_EQ(later.get("b", kKernels, measured_again), kSomeTimes);
}

TEST(KernelTimes, WhoMeasuredFirstIsRight) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "kernels.json";
  KernelTimes first(file), second(file);
  first.get("a", kKernels, [] { return kSomeTimes; });
  EXPECT_EQ(second.get("a", kKernels, [] { return KernelTimes::Times{{"direct", 1.0}}; }), kSomeTimes);
}

TEST(KernelTimes, ADamagedFileIsMeasuredAnew) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "kernels.json";
  for (const char* text :
       {"", "{\"a\": {\"direct\": 1.0", "[1, 2]", "3", "{\"a\": \"fast\"}", "{\"a\": {\"direct\": null}}",
        "{\"a\": {\"direct\": \"1.0\", \"winograd\": \"2.0\"}}",
        "{\"a\": {\"direct\": -1.0, \"winograd\": 2.0}}", "{\"a\": {\"direct\": 0, \"winograd\": 2.0}}",
        "{\"a\": {\"direct\": NaN, \"winograd\": 2.0}}", "{\"a\": {\"direct\": 1e999, \"winograd\": 2.0}}",
        "{\"a\": {\"direct\": true, \"winograd\": 2.0}}", "{\"a\": {}}"}) {
    std::ofstream(file) << text;
    KernelTimes times(file);
    EXPECT_EQ(times.get("a", kKernels, [] { return kSomeTimes; }), kSomeTimes) << text;
    EXPECT_EQ(KernelTimes(file).get("a", kKernels, measured_again), kSomeTimes) << text;
  }
}

TEST(KernelTimes, ThoseOfOtherKernelsAreReplaced) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "kernels.json";
  std::ofstream(file) << R"({"a": {"direct": 3.0, "magic": 1.0}})";
  KernelTimes times(file);
  EXPECT_FALSE(times.find("a", kKernels));
  EXPECT_EQ(times.get("a", kKernels, [] { return kSomeTimes; }), kSomeTimes);
  EXPECT_EQ(times.find("a", kKernels), kSomeTimes);
  EXPECT_EQ(KernelTimes(file).get("a", kKernels, measured_again), kSomeTimes);
}

TEST(KernelTimes, NowhereToWriteIsNoError) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "no folder";
  for (const auto& file : {folder.path() / "file" / "kernels.json", std::filesystem::path()}) {
    KernelTimes times(file);
    EXPECT_EQ(times.get("a", kKernels, [] { return kSomeTimes; }), kSomeTimes);
    EXPECT_EQ(times.get("a", kKernels, measured_again), kSomeTimes);
  }
}

TEST(KernelTimes, OfSeveralThreadsOneMeasures) {
  KernelTimes times{{}};
  EXPECT_FALSE(times.find("a", kKernels));
  std::atomic<int> measured = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      EXPECT_EQ(times.get("a", kKernels,
                          [&] {
                            ++measured;
                            return kSomeTimes;
                          }),
                kSomeTimes);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(measured, 1);
  EXPECT_TRUE(times.find("a", kKernels));
  EXPECT_FALSE(times.find("b", kKernels));
  EXPECT_EQ(times.find("a", kKernels), kSomeTimes);
  EXPECT_EQ(times.find("b", kKernels), std::nullopt);
}

TEST(KernelTimes, WhatIsWrongInAFileTakesTheRestAlong) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "kernels.json";
  std::ofstream(file) << R"({"a": {"direct": 3.0, "winograd": 2.0}, "b": {"direct": -1.0, "winograd": 2.0}})";
  KernelTimes times(file);
  EXPECT_FALSE(times.find("a", kKernels));
  EXPECT_EQ(times.get("b", kKernels, [] { return kSomeTimes; }), kSomeTimes);
  EXPECT_FALSE(KernelTimes(file).find("a", kKernels));
  EXPECT_TRUE(KernelTimes(file).find("b", kKernels));
}

TEST(KernelTimes, TheMachineIsItsProcessorItsInstructionsAndBothVersions) {
  const std::string name = engine::machine_name();
  EXPECT_EQ(name, engine::machine_name());
  EXPECT_NE(name.find(", isa "), std::string::npos) << name;
  EXPECT_NE(name.find(", oneDNN "), std::string::npos) << name;
  EXPECT_NE(name.find(", kernels "), std::string::npos) << name;
}

TEST(KernelTimes, WhatIsWrongWithTheFileIsSaidOnce) {
  const TemporaryFolder folder;
  const auto damaged = folder.path() / "kernels.json", blocked = damaged / "below" / "kernels.json";
  std::ofstream(damaged) << "[1";
  KernelTimes times(damaged);
  times.get("a", kKernels, [] { return kSomeTimes; });
  times.get("b", kKernels, [] { return kSomeTimes; });
  ASSERT_EQ(times.notes().size(), 1U);
  EXPECT_EQ(times.notes()[0],
            damaged.string() + " is damaged: kernels are timed again, and it is written anew");
  KernelTimes nowhere(blocked);
  nowhere.get("a", kKernels, [] { return kSomeTimes; });
  nowhere.get("b", kKernels, [] { return kSomeTimes; });
  ASSERT_EQ(nowhere.notes().size(), 1U);
  EXPECT_NE(nowhere.notes()[0].find("kernels are timed in each run"), std::string::npos);
  KernelTimes good(folder.path() / "good.json");
  good.get("a", kKernels, [] { return kSomeTimes; });
  EXPECT_TRUE(good.notes().empty());
}

}  // namespace
}  // namespace doppel::nn
