#include "doppel/dataset/write/line_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

LineJournal::LineJournal(fs::path file, const fs::path& folder,
                         const std::function<bool(const std::string& line)>& holds)
    : file_(std::move(file)) {
  check_no_pipe(file_);
  fd_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) throw Error(fmt::format("can't write {}: {}", file_.string(), std::strerror(errno)));
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd_);
    throw Error(fmt::format("{} is being written by another process", folder.string()));
  }
  std::ifstream text(file_);
  std::uint64_t good = 0;
  for (std::string line; std::getline(text, line) && !text.eof(); ++lines_) {
    if (!holds(line)) break;
    good += line.size() + 1;
  }
  cut(good);
}

void LineJournal::cut(std::uint64_t size) {
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0)
    throw Error(fmt::format("can't write {}: {}", file_.string(), std::strerror(errno)));
}

void LineJournal::shorten(std::size_t lines) {
  std::ifstream text(file_);
  std::uint64_t size = 0;
  std::string line;
  for (std::size_t k = 0; k < lines && std::getline(text, line); ++k) size += line.size() + 1;
  cut(size);
  lines_ = lines;
}

LineJournal::~LineJournal() { ::close(fd_); }

void LineJournal::append(std::string_view text, std::size_t lines) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Error(fmt::format("can't write {}: {}", file_.string(), std::strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  lines_ += lines;
}

void LineJournal::each(const std::function<void(const std::string& line)>& take) const {
  std::ifstream text(file_);
  for (std::string line; std::getline(text, line);) take(line);
}

}  // namespace doppel::dataset
