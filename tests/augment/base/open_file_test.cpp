#include "base/open_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "error_of.h"

namespace doppel {
namespace {

TEST(OpenToRead, TakesFilesAndNothingThatWaitsOrNeverEnds) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("open-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto pipe = folder / "pipe", zero = folder / "zero", file = folder / "file";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", zero);
  write_file(file, "text");
  EXPECT_NE(error_of([&] { (void)read_file(pipe); }).find("it's a named pipe, not a file"),
            std::string::npos);
  EXPECT_NE(error_of([&] { (void)read_file(zero); }).find("it's a device, not a file"), std::string::npos);
  EXPECT_NE(error_of([&] { const RandomFile read(pipe); }).find("a named pipe"), std::string::npos);
  EXPECT_NE(error_of([&] { const FileStream read(zero); }).find("a device"), std::string::npos);
  EXPECT_NE(error_of([&] { (void)read_file(folder); }).find("directory"), std::string::npos);
  EXPECT_EQ(read_file(file).size(), 4U);
  const int fd = open_to_read(file);
  EXPECT_GE(fd, 0);
  ::close(fd);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace doppel
