#include "doppel/base/cores.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>

#include "dataset/temporary_folder.h"

namespace doppel {
namespace {

namespace fs = std::filesystem;

class ControlGroups : public testing::Test {
 protected:
  void put(const std::string& file, const std::string& text) const {
    fs::create_directories((folder_.path() / file).parent_path());
    std::ofstream(folder_.path() / file) << text;
  }
  int cores(const std::string& groups) const { return cores_of_control_groups(groups, folder_.path()); }

 private:
  dataset::TemporaryFolder folder_;
};

TEST_F(ControlGroups, OfVersionTwoTheLeastOnTheWayUpCounts) {
  put("cpu.max", "max 100000\n");
  EXPECT_EQ(cores("0::/\n"), 0);
  put("a/cpu.max", "350000 100000\n");
  put("a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(cores("0::/a/b\n"), 4) << "rounded up";
  put("a/b/cpu.max", "50000 100000\n");
  EXPECT_EQ(cores("0::/a/b\n"), 1);
  EXPECT_EQ(cores("0::/a\n"), 4);
  EXPECT_EQ(cores("0::/elsewhere\n"), 0);
  // A container sees its own group at the top, whatever it is called outside.
  put("cpu.max", "200000 100000\n");
  EXPECT_EQ(cores("0::/docker/1234\n"), 2);
}

TEST_F(ControlGroups, OfVersionOneQuotaAndPeriodAreFiles) {
  put("cpu,cpuacct/docker/cpu.cfs_quota_us", "150000\n");
  put("cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n");
  put("memory/docker/cpu.max", "1 100000\n");
  EXPECT_EQ(cores("9:memory:/docker\n4:cpu,cpuacct:/docker\n1:name=systemd:/docker\n0::/docker\n"), 2);
  put("cpu,cpuacct/docker/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(cores("4:cpu,cpuacct:/docker\n"), 0);
}

TEST_F(ControlGroups, WhatMakesNoSenseIsNoLimit) {
  for (const char* text : {"", "0 100000", "-5 100000", "100000", "100000 0", "much", "nan 5"}) {
    put("cpu.max", text);
    EXPECT_EQ(cores("0::/\n"), 0) << text;
  }
  for (const char* groups : {"", "\n\n", "0", "0:", "no colons", "3:cpuset:/"})
    EXPECT_EQ(cores(groups), 0) << groups;
}

TEST(UsableCores, AreAtMostTheMachines) {
  EXPECT_GE(usable_cores(), 1);
  EXPECT_LE(usable_cores(), static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace doppel
