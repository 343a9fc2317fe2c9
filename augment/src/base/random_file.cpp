#include "doppel/base/random_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/open_file.h"
#include "doppel/base/error.h"
#include "doppel/base/place.h"

namespace doppel {
namespace {

[[noreturn]] void fail_to_read(const std::filesystem::path& path, int reason) {
  throw Error(fmt::format("can't read {}: {}", path.string(), std::strerror(reason)));
}

/// One that is closed at the end where it was opened here.
class HeldOrOpened {
 public:
  HeldOrOpened(int held, const std::filesystem::path& path)
      : fd_(held >= 0 ? held : open_to_read(path)), owned_(held < 0) {}
  ~HeldOrOpened() {
    if (owned_) ::close(fd_);
  }
  HeldOrOpened(const HeldOrOpened&) = delete;
  HeldOrOpened& operator=(const HeldOrOpened&) = delete;
  int number() const { return fd_; }

 private:
  int fd_;
  bool owned_;
};

}  // namespace

RandomFile::RandomFile(const std::filesystem::path& path, Hold hold) : path_(path) {
  if (PlacedPath in = placed_file(path); in.place) {
    in.place->check_range(in.within);
    size_ = in.place->size(in.within);
    place_ = std::move(in.place);
    within_ = std::move(in.within);
    return;
  }
  fd_ = open_to_read(path);
  struct stat facts{};
  if (::fstat(fd_, &facts) != 0) {
    const int reason = errno;
    ::close(fd_);
    fail_to_read(path, reason);
  }
  size_ = static_cast<std::uint64_t>(facts.st_size);
  if (hold == Hold::Open) return;
  ::close(fd_);
  fd_ = -1;
}

RandomFile::~RandomFile() {
  if (fd_ >= 0) ::close(fd_);
}

bool RandomFile::is_far() const { return place_ && place_->is_far(); }

void RandomFile::read(std::uint64_t at, std::span<unsigned char> into) const {
  if (into.empty()) return;
  if (place_) return place_->range(within_, at, into);
  const HeldOrOpened file(fd_, path_);
  while (!into.empty()) {
    const ssize_t got = ::pread(file.number(), into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_to_read(path_, errno);
    if (got == 0) throw Error(fmt::format("{} ends {} bytes too early", path_.string(), into.size()));
    at += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

void RandomFile::read_all(std::span<const FileRange> ranges) const {
  if (place_) return place_->ranges(within_, ranges);
  for (const FileRange& range : ranges) read(range.at, range.into);
}

void RandomFile::fetch(std::uint64_t at, std::uint64_t size, bool exactly) const {
  if (place_) return place_->fetch(within_, at, size, exactly);
  const HeldOrOpened file(fd_, path_);
  ::posix_fadvise(file.number(), static_cast<off_t>(at), static_cast<off_t>(size), POSIX_FADV_WILLNEED);
}

}  // namespace doppel
