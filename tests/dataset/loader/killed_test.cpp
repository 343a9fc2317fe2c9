// A loader whose process is killed goes on from its last state, with the batches that it would have had.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "dataset/temporary_folder.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {
namespace {

Loader digits(int workers) {
  return {open_data("sample:digits").train,
          augment::Recipe::load("digits"),
          {.batch = 16, .workers = workers, .seed = 5, .epochs = 3}};
}

/// The rest of `epoch`: after each batch a line with its digest, and the state after it.
void stream(Loader& loader, Loader::Epoch epoch, std::ofstream& out) {
  for (const Batch& batch : epoch) out << digest(batch) << ' ' << loader.state() << std::endl;
}

/// Not a test of its own: what the killed process runs.
TEST(KilledLoader, Child) {
  const char* file = std::getenv("DOPPEL_KILLED_LOADER");
  if (!file) GTEST_SKIP() << "run by the next test";
  std::ofstream out(file);
  Loader loader = digits(2);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) stream(loader, loader.epoch(epoch), out);
}

std::vector<std::string> whole_lines(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line) && !in.eof();) lines.push_back(line);
  return lines;
}

TEST(KilledLoader, GoesOnFromItsLastState) {
  const TemporaryFolder folder;
  const auto all = folder.path() / "all", cut = folder.path() / "cut", rest = folder.path() / "rest";
  {
    std::ofstream out(all);
    Loader loader = digits(1);
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) stream(loader, loader.epoch(epoch), out);
  }
  const std::vector<std::string> expected = whole_lines(all);
  ASSERT_EQ(expected.size(), 3U * 125);
  // A place that no epoch begins or ends at, in the second one.
  constexpr std::size_t kLeast = 171;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::setenv("DOPPEL_KILLED_LOADER", cut.c_str(), 1);
    const int silence = ::open("/dev/null", O_WRONLY);
    ::dup2(silence, 1);
    ::execl("/proc/self/exe", "dataset_tests", "--gtest_filter=KilledLoader.Child", nullptr);
    ::_exit(127);
  }
  while (whole_lines(cut).size() < kLeast && ::waitpid(child, nullptr, WNOHANG) == 0) ::sched_yield();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  std::vector<std::string> seen = whole_lines(cut);
  ASSERT_GE(seen.size(), kLeast);
  // Another number of workers goes on, from what the last whole line says.
  const std::string state = seen.back().substr(seen.back().find(' ') + 1);
  {
    std::ofstream out(rest);
    Loader loader = digits(3);
    if (seen.size() < expected.size()) {
      stream(loader, loader.resume(state), out);
      for (std::uint64_t epoch = seen.size() / 125 + 1; epoch < 3; ++epoch)
        stream(loader, loader.epoch(epoch), out);
    }
  }
  for (const std::string& line : whole_lines(rest)) seen.push_back(line);
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace doppel::dataset
