// A file that is read at any place by any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace doppel {

class Place;

/// A part of a file, and where its bytes go.
struct FileRange {
  std::uint64_t at = 0;                ///< in the file, bytes
  std::span<unsigned char> into = {};  ///< as many bytes as are wanted
};

/// A file that has become shorter gives an Error, not a signal. In an archive it must be stored, not
/// compressed.
class RandomFile {
 public:
  /// Whether the file stays open, or is opened for each read: a process may have few files open (often
  /// 1,024).
  enum class Hold { Open, PerRead };
  /// Throws Error with the path where it can't be opened.
  explicit RandomFile(const std::filesystem::path& path, Hold hold = Hold::Open);
  ~RandomFile();
  /// The other one is none afterwards.
  RandomFile(RandomFile&& other) noexcept
      : path_(std::move(other.path_)),
        place_(std::move(other.place_)),
        within_(std::move(other.within_)),
        fd_(other.fd_),
        size_(other.size_) {
    other.fd_ = -1;
  }
  RandomFile& operator=(RandomFile&&) = delete;
  std::uint64_t size() const { return size_; }                 ///< in bytes, when it was opened
  const std::filesystem::path& path() const { return path_; }  ///< as it was given
  /// As Place::is_far(); false on the disk.
  bool is_far() const;
  /// Throws Error where fewer bytes are there.
  void read(std::uint64_t at, std::span<unsigned char> into) const;
  /// Several parts at once, in ascending order and apart from each other: as read() does each.
  void read_all(std::span<const FileRange> ranges) const;
  /// Asks the system to read them into its cache, and returns at once. `exactly`: of a far file, not a byte
  /// more; else what lies beside comes along, where reads are small.
  void fetch(std::uint64_t at, std::uint64_t size, bool exactly = false) const;

 private:
  std::filesystem::path path_;
  std::shared_ptr<const Place> place_;  ///< that it lies in; null: on the disk
  std::string within_;                  ///< its path there
  int fd_ = -1;                         ///< -1: it's opened for each read
  std::uint64_t size_ = 0;
};

}  // namespace doppel
