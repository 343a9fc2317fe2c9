// A folder that is gone after the test.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace doppel::dataset {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (parent() / "doppel-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  /// In memory where the system has room there: files are written whole to a disk, which takes it some time
  /// each.
  static std::filesystem::path parent() {
    constexpr const char* kMemory = "/dev/shm";
    constexpr std::uintmax_t kRoom = std::uintmax_t{2} << 30;
    std::error_code error;
    const auto space = std::filesystem::space(kMemory, error);
    return !error && space.available >= kRoom && ::access(kMemory, W_OK) == 0
               ? kMemory
               : std::filesystem::temp_directory_path();
  }
  std::filesystem::path path_;
};

}  // namespace doppel::dataset
