#include "folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/remote.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

/// The process that holds a lock on what is open, as the system lists it: "1: FLOCK ADVISORY WRITE 77
/// 08:01:42 0 EOF"; 0 where that isn't told.
int holder_of(int fd) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return 0;
  const std::string inode = fmt::format(":{}", facts.st_ino);
  std::ifstream locks("/proc/locks");
  std::string number, kind, how, access, place, rest;
  int process = 0;
  while (locks >> number >> kind) {
    if (kind == "->") locks >> kind;  // one that waits
    if (!(locks >> how >> access >> process >> place) || !std::getline(locks, rest)) return 0;
    if (kind == "FLOCK" && place.ends_with(inode)) return process;
  }
  return 0;
}

/// 123 of "model.safetensors.123.tmp".
std::optional<int> writer_of(const std::string& name) {
  constexpr std::string_view kEnd = ".tmp";
  if (!name.ends_with(kEnd)) return {};
  const std::string before = name.substr(0, name.size() - kEnd.size());
  const std::size_t dot = before.rfind('.');
  if (dot == std::string::npos || dot == 0) return {};
  int process = 0;
  const char *from = before.data() + dot + 1, *end = before.data() + before.size();
  const auto [stop, error] = std::from_chars(from, end, process);
  if (error != std::errc() || stop != end || process <= 0) return {};
  return process;
}

bool is_running(int process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

void remove_leftovers(const fs::path& folder) {
  for (const FolderEntry& entry : list_folder(folder))
    if (const auto writer = writer_of(entry.path.filename());
        writer && !entry.is_folder && !is_running(*writer)) {
      std::error_code ignored;
      fs::remove(entry.path, ignored);
    }
}

}  // namespace

FolderLock::FolderLock(const fs::path& folder, bool alone) {
  if (is_remote(folder.native())) return;
  for (fs::path at = folder; !at.empty() && !is_there(at); at = at.parent_path()) made_.push_back(at);
  make_folder(folder);
  fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A file system that knows no locks is written to all the same.
  if (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    const int holder = holder_of(fd_);
    ::close(std::exchange(fd_, -1));
    throw Error(fmt::format("another run writes into {}{}: wait until it has ended, or choose another folder",
                            folder.string(), holder > 0 ? fmt::format(" (process {})", holder) : ""));
  }
  if (!alone) return;
  for (const fs::path& part : {folder, folder / "train", folder / "valid", folder / "test"})
    if (is_folder(part)) remove_leftovers(part);
}

FolderLock::~FolderLock() {
  for (const fs::path& made : made_)
    if (::rmdir(made.c_str()) != 0) break;
  if (fd_ >= 0) ::close(fd_);
}
FolderLock::FolderLock(FolderLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), made_(std::exchange(other.made_, {})) {}
FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(made_, other.made_);
  return *this;
}

}  // namespace doppel::apps
