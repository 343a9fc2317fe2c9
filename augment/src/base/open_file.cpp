#include "base/open_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "doppel/base/error.h"

namespace doppel {
namespace {

/// What is no regular file.
std::string_view kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFIFO:
      return "a named pipe";
    case S_IFSOCK:
      return "a socket";
    case S_IFCHR:
    case S_IFBLK:
      return "a device";
    default:
      return "something else";
  }
}

[[noreturn]] void fail_to_open(const std::filesystem::path& path, int reason) {
  throw Error(fmt::format("can't read {}: {}", path.string(), std::strerror(reason)));
}

}  // namespace

int open_to_read(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) fail_to_open(path, errno);
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) {
    const int reason = errno;
    ::close(fd);
    fail_to_open(path, reason);
  }
  if (S_ISREG(facts.st_mode)) return fd;
  ::close(fd);
  if (S_ISDIR(facts.st_mode)) fail_to_open(path, EISDIR);
  throw Error(fmt::format("can't read {}: it's {}, not a file", path.string(), kind_of(facts.st_mode)));
}

}  // namespace doppel
