// A folder that is gone after the test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace doppel::dataset {

class TemporaryFolder {
 public:
  TemporaryFolder() : TemporaryFolder(std::filesystem::temp_directory_path()) {}
  /// In memory where the system has such a place: for little data that is written often.
  static TemporaryFolder in_memory() {
    constexpr const char* kShared = "/dev/shm";
    return TemporaryFolder(::access(kShared, W_OK) == 0 ? kShared : std::filesystem::temp_directory_path());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(const std::filesystem::path& parent) {
    std::string pattern = (parent / "doppel-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  std::filesystem::path path_;
};

}  // namespace doppel::dataset
