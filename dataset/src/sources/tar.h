// The members of a tar file (POSIX ustar, with pax and GNU long names).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace doppel::dataset {

/// A file that is read at any place by any thread. A file that has become shorter gives an Error, not a
/// signal.
class RandomFile {
 public:
  explicit RandomFile(const std::filesystem::path& path);
  ~RandomFile();
  RandomFile(RandomFile&& other) noexcept
      : path_(std::move(other.path_)), fd_(other.fd_), size_(other.size_) {
    other.fd_ = -1;
  }
  RandomFile& operator=(RandomFile&&) = delete;
  std::uint64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }
  /// Throws Error where fewer bytes are there.
  void read(std::uint64_t at, std::span<unsigned char> into) const;
  /// Asks the system to read them into its cache, and returns at once.
  void fetch(std::uint64_t at, std::uint64_t size) const;

 private:
  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

struct TarMember {
  std::string name;
  std::uint64_t at = 0, size = 0;  ///< of the content
};

/// Calls `take` for each regular file. Throws Error for a header that is damaged or a member that goes beyond
/// the end of the file.
void for_each_member(const RandomFile& file, const std::function<void(const TarMember&)>& take);

}  // namespace doppel::dataset
