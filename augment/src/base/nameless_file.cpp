#include "doppel/base/nameless_file.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace doppel {

NamelessFile::NamelessFile() {
  const char* set = std::getenv("TMPDIR");
  fd_ = ::open(set && *set ? set : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  struct statvfs space{};
  if (fd_ >= 0 && ::fstatvfs(fd_, &space) == 0)
    free_ = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
}

NamelessFile::~NamelessFile() {
  if (fd_ >= 0) ::close(fd_);
}

bool NamelessFile::read(std::uint64_t at, std::span<unsigned char> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool NamelessFile::write(std::uint64_t at, std::span<const unsigned char> bytes) const {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace doppel
