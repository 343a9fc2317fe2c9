#include "doppel/nn/distributed/place.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

/// Variables of the environment for as long as this lives.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& set) : set_(set) {
    for (const auto& [name, value] : set_) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : set_) unsetenv(name.c_str());
  }

 private:
  std::map<std::string, std::string> set_;
};

std::string found() {
  const auto place = GroupPlace::of_environment();
  if (!place) return "none";
  return std::to_string(place->rank) + "/" + std::to_string(place->world) + "@" + place->host + ":" +
         place->port;
}

TEST(GroupPlace, IsWhatLaunchersSay) {
  EXPECT_EQ(found(), "none");
  std::map<std::string, std::string> set{
      {"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "node1"}, {"MASTER_PORT", "29500"}};
  {
    const Environment environment(set);
    EXPECT_EQ(found(), "1/2@node1:29500");
  }
  set["TORCHELASTIC_USE_AGENT_STORE"] = "True";
  {
    const Environment environment(set);
    EXPECT_EQ(found(), "1/2@node1:29501");
  }
  {
    const Environment environment({{"SLURM_PROCID", "3"},
                                   {"SLURM_STEP_ID", "0"},
                                   {"SLURM_NTASKS", "4"},
                                   {"SLURM_STEP_NUM_TASKS", "4"},
                                   {"SLURM_JOB_ID", "12345"},
                                   {"SLURM_STEP_NODELIST", "gpu[07-08,11],login"}});
    EXPECT_EQ(found(), "3/4@gpu07:22345");
  }
  {
    const Environment shell_of_a_job(
        {{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}, {"SLURM_JOB_ID", "12345"}});
    EXPECT_EQ(found(), "none");
  }
}

TEST(GroupPlace, InPartsIsRefused) {
  const auto refused = [](const std::map<std::string, std::string>& set) -> std::string {
    const Environment environment(set);
    try {
      return found();
    } catch (const UsageError& error) { return error.what(); }
  };
  EXPECT_NE(refused({{"RANK", "1"}, {"WORLD_SIZE", "2"}}).find("not MASTER_ADDR, MASTER_PORT"),
            std::string::npos);
  EXPECT_NE(refused({{"RANK", "x"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "1"}})
                .find("RANK is 'x', which is no number"),
            std::string::npos);
  EXPECT_NE(refused({{"RANK", "2"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "1"}})
                .find("RANK=2 and WORLD_SIZE=2"),
            std::string::npos);
  EXPECT_EQ(refused({{"MASTER_ADDR", "a"}, {"MASTER_PORT", "1"}}), "none");
}

TEST(GroupPlace, TextsAreReadOrRefused) {
  const GroupPlace place = GroupPlace::parse("1/4@[::1]:7000");
  EXPECT_EQ(place.rank, 1);
  EXPECT_EQ(place.world, 4);
  EXPECT_EQ(place.host, "::1");
  EXPECT_EQ(place.port, "7000");
  for (const char* text :
       {"", "0/2", "2/2@a:1", "0/0@a:1", "-1/2@a:1", "0/2@:1", "0/2@a:", "0/2@a", "x/2@a:1"})
    EXPECT_THROW(GroupPlace::parse(text), UsageError) << text;
}

}  // namespace
}  // namespace doppel::nn
