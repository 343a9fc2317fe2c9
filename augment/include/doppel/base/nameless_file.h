// Room on the disk for what needn't stay: a file without a name, which is gone with the process.
#pragma once

#include <cstdint>
#include <span>

namespace doppel {

/// Open for as long as it lives; its owner remembers what lies where.
class NamelessFile {
 public:
  /// In TMPDIR, or else in /var/tmp; where none can be had, is_open() says so.
  NamelessFile();
  ~NamelessFile();
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  /// Whether there is one.
  bool is_open() const { return fd_ >= 0; }
  /// Bytes that were free there when it was made.
  std::uint64_t free_space() const { return free_; }
  /// All of `into`; false where it isn't there. From any thread.
  bool read(std::uint64_t at, std::span<unsigned char> into) const;
  /// False where there is no room any more. From any thread.
  bool write(std::uint64_t at, std::span<const unsigned char> bytes) const;

 private:
  int fd_;
  std::uint64_t free_ = 0;
};

}  // namespace doppel
