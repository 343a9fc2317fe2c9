#include "doppel/base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// While alive, no file can grow beyond a size: what a full disk does to a writer.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  void (*before_handler_)(int) = nullptr;
};

TEST(WriteFile, OnAFullDiskTheOldFileStaysWhole) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint";
  write_file(path, std::string_view("old and whole"));
  {
    const FullDisk full(1000);
    EXPECT_THROW(write_file(path, std::string(5000, 'x')), Error);
  }
  const auto bytes = read_file(path);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "old and whole");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}),
            1);  // nothing is left beside it
}

TEST(WriteFile, NamesPathAndReason) {
  try {
    write_file("/no/such/folder/file", std::string_view("x"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "can't write /no/such/folder/file: No such file or directory");
  }
  EXPECT_THROW(read_file("/no/such/file"), Error);
}

}  // namespace
}  // namespace doppel::dataset
