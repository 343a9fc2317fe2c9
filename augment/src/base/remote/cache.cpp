#include "cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <libdeflate.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/base/new_file.h"

namespace doppel::remote {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "doppel objects 1\n";
/// One piece that is there, as the map says it.
struct Line {
  std::uint64_t at = 0;
  std::uint32_t size = 0, crc = 0;
};
static_assert(sizeof(Line) == 16);

std::uint32_t crc_of(std::span<const unsigned char> bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

/// Which object a map is of, at its beginning; what was made for another one is not believed.
std::string head_of(const ObjectId& id) {
  std::string text = fmt::format("{}{}\n{}\n{}\n", kMagic, id.path, id.tag, id.size);
  text.resize((text.size() + sizeof(Line)) / sizeof(Line) * sizeof(Line), '\n');
  return text;
}

fs::path place_of(const fs::path& root, const ObjectId& id) {
  const std::string text = fmt::format("{}\n{}\n{}", id.path, id.tag, id.size);
  const std::uint64_t first = fnv1a(text), second = fnv1a(text, first ^ 0x9e3779b97f4a7c15ULL);
  return root / fmt::format("{:02x}", first & 0xff) / fmt::format("{:016x}{:016x}", first, second);
}

[[noreturn]] void fail_to_open(const fs::path& path) {
  throw Error(fmt::format("the cache {} can't be opened: {}", path.string(), std::strerror(errno)));
}

/// All of them, or false.
bool write_whole(int fd, std::span<const unsigned char> bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

bool read_whole(int fd, std::span<unsigned char> bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

/// Makes a map with its head where there is none; another process may do so at the same time.
void begin_map(const fs::path& map, const std::string& head) {
  const fs::path beside = map.string() + fmt::format(".{}.tmp", ::getpid());
  const int fd = open_new_file(beside);
  if (fd < 0) fail_to_open(beside);
  const bool whole = write_whole(fd, {reinterpret_cast<const unsigned char*>(head.data()), head.size()}, 0);
  ::close(fd);
  const bool linked = whole && (::link(beside.c_str(), map.c_str()) == 0 || errno == EEXIST);
  const int reason = errno;
  ::unlink(beside.c_str());
  errno = reason;
  if (!linked) fail_to_open(map);
}

/// An open map that others see as in use, and that is still at its place.
int opened_map(const fs::path& map, const std::string& head) {
  for (int tries = 0; tries < 10; ++tries) {
    const int fd = ::open(map.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
      begin_map(map, head);
      continue;
    }
    if (fd < 0) fail_to_open(map);
    std::string there(head.size(), '\0');
    struct stat facts{};
    const bool ours = ::flock(fd, LOCK_SH) == 0 && ::fstat(fd, &facts) == 0 && facts.st_nlink > 0;
    if (ours && read_whole(fd, {reinterpret_cast<unsigned char*>(there.data()), there.size()}, 0) &&
        there == head) {
      const auto torn = static_cast<std::uint64_t>(facts.st_size) %
                        sizeof(Line);  // its writer was killed, or the disk full
      if (torn > 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)!::ftruncate(fd, facts.st_size - static_cast<off_t>(torn));
      ::flock(fd, LOCK_SH);
      ::futimens(fd, nullptr);  // it was used last now
      return fd;
    }
    if (ours) ::unlink(map.c_str());  // damaged, or another's: begun anew
    ::close(fd);
  }
  errno = EBUSY;
  fail_to_open(map);
}

}  // namespace

CachedObject::CachedObject(CacheFolder& folder, const ObjectId& id) : folder_(folder), size_(id.size) {
  const fs::path place = place_of(folder.root(), id);
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  const std::string head = head_of(id);
  map_ = opened_map(place.string() + ".map", head);
  data_ = ::open((place.string() + ".data").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (data_ < 0) {
    const int reason = errno;
    ::close(map_);
    errno = reason;
    fail_to_open(place);
  }
  loaded_ = head.size();
  load();
}

CachedObject::~CachedObject() {
  ::close(data_);
  ::close(map_);
}

/// What was added since, by whomever.
void CachedObject::load() {
  struct stat facts{};
  if (::fstat(map_, &facts) != 0) return;
  const auto end = static_cast<std::uint64_t>(facts.st_size);
  constexpr std::uint64_t kAtOnce = std::uint64_t{1} << 16;
  while (end >= loaded_ + sizeof(Line)) {
    std::vector<Line> lines(std::min((end - loaded_) / sizeof(Line), kAtOnce));
    const std::size_t bytes = lines.size() * sizeof(Line);
    if (!read_whole(map_, {reinterpret_cast<unsigned char*>(lines.data()), bytes}, loaded_)) return;
    loaded_ += bytes;
    for (const Line& line : lines)
      if (line.size > 0 && line.at < size_ && line.size <= size_ - line.at)
        pieces_.insert_or_assign(line.at, Piece{line.size, line.crc, false});
  }
}

std::map<std::uint64_t, CachedObject::Piece>::iterator CachedObject::holding(std::uint64_t at) {
  auto found = pieces_.upper_bound(at);
  // Pieces may overlap, where two processes fetched at once: some steps back one may reach further.
  for (int back = 0; back < 4 && found != pieces_.begin(); ++back) {
    --found;
    if (at < found->first + found->second.size) return found;
  }
  return pieces_.end();
}

std::uint64_t CachedObject::covered(std::uint64_t at, std::uint64_t until) {
  const std::lock_guard lock(mutex_);
  auto found = holding(at);
  if (found == pieces_.end()) {
    load();
    found = holding(at);
  }
  std::uint64_t end = at;
  while (found != pieces_.end() && end < until) {
    end = found->first + found->second.size;
    found = holding(end);
  }
  return std::min(end, until) - at;
}

std::uint64_t CachedObject::next(std::uint64_t at) const {
  const std::lock_guard lock(mutex_);
  const auto found = pieces_.upper_bound(at);
  return found == pieces_.end() ? size_ : found->first;
}

bool CachedObject::check(std::uint64_t at, Piece& piece) {
  if (piece.checked) return true;
  std::vector<unsigned char> bytes(piece.size);
  piece.checked = read_whole(data_, bytes, at) && crc_of(bytes) == piece.crc;
  return piece.checked;
}

std::size_t CachedObject::read(std::uint64_t at, std::span<unsigned char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    std::uint64_t part = 0;
    {
      const std::lock_guard lock(mutex_);
      const auto found = holding(at + done);
      if (found == pieces_.end()) break;
      if (!check(found->first, found->second)) {
        pieces_.erase(found);
        folder_.note(
            fmt::format("the cache {} held damaged bytes, which were read anew", folder_.root().string()));
        break;
      }
      part = std::min<std::uint64_t>(found->first + found->second.size - at - done, into.size() - done);
    }
    if (!read_whole(data_, into.subspan(done, part), at + done)) {
      const std::lock_guard lock(mutex_);
      if (const auto found = holding(at + done); found != pieces_.end()) pieces_.erase(found);
      break;
    }
    done += part;
  }
  return done;
}

bool CachedObject::keep(std::uint64_t at, std::span<const unsigned char> bytes) {
  if (bytes.empty() || !folder_.has_room(bytes.size())) return false;
  if (!write_whole(data_, bytes, at)) {
    folder_.note(fmt::format("the cache {} can't be written: {}; what comes is not kept",
                             folder_.root().string(), std::strerror(errno)));
    return false;
  }
  const Line line{at, static_cast<std::uint32_t>(bytes.size()), crc_of(bytes)};
  const std::lock_guard lock(mutex_);
  if (::write(map_, &line, sizeof line) != sizeof line) {
    folder_.note(fmt::format("the cache {} can't be written: {}; what comes is not kept",
                             folder_.root().string(), std::strerror(errno)));
    return false;
  }
  pieces_.insert_or_assign(at, Piece{line.size, line.crc, true});
  return true;
}

CacheFolder::CacheFolder(fs::path root, std::uint64_t limit) : root_(std::move(root)), limit_(limit) {
  std::error_code error;
  fs::create_directories(root_, error);
  if (error) throw Error(fmt::format("the cache {} can't be made: {}", root_.string(), error.message()));
  if (::access(root_.c_str(), W_OK | X_OK) != 0) fail_to_open(root_);
  make_room();
}

bool CacheFolder::has_room(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  constexpr std::uint64_t kLooks = 64;  // others write as well: every 64th of the limit it is looked at anew
  since_look_ += bytes;
  if (taken_ + bytes > limit_ || since_look_ > limit_ / kLooks) {
    if (!full_ || since_look_ > limit_ / kLooks) make_room();
    since_look_ = 0;
  }
  if (full_ || taken_ + bytes > limit_) return false;
  taken_ += bytes;
  return true;
}

void CacheFolder::make_room() {
  struct Kept {
    fs::path map;
    fs::file_time_type used;
    std::uint64_t bytes = 0;
  };
  std::vector<Kept> all;
  taken_ = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".data") continue;
    struct stat facts{};
    if (::stat(entry->path().c_str(), &facts) != 0) continue;
    Kept kept{entry->path(), {}, static_cast<std::uint64_t>(facts.st_blocks) * 512};
    kept.map.replace_extension(".map");
    std::error_code ignored;
    kept.used = fs::last_write_time(kept.map, ignored);
    taken_ += kept.bytes;
    all.push_back(std::move(kept));
  }
  struct statvfs disk{};
  const bool known = ::statvfs(root_.c_str(), &disk) == 0;
  const std::uint64_t free = known ? std::uint64_t{disk.f_bavail} * disk.f_frsize : limit_;
  constexpr std::uint64_t kSpare = std::uint64_t{64} << 20;  // the disk's last bytes are somebody else's
  const std::uint64_t most = std::min(limit_, taken_ + (free > kSpare ? free - kSpare : 0));
  std::ranges::sort(all, {}, &Kept::used);
  for (const Kept& kept : all) {
    if (taken_ <= most / 10 * 9) break;
    const int fd = ::open(kept.map.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0) {  // nobody has it open
      fs::path data = kept.map;
      ::unlink(data.replace_extension(".data").c_str());
      ::unlink(kept.map.c_str());  // last: who opens it meanwhile waits, and then sees that it is gone
      taken_ -= kept.bytes;
    }
    if (fd >= 0) ::close(fd);
  }
  full_ = taken_ >= most;
  since_look_ = 0;
  if (full_) {
    const std::string why = fmt::format("the cache {} keeps no more: {}", root_.string(),
                                        most < limit_ ? "the disk is nearly full" : "it is all in use");
    if (std::ranges::find(notes_, why) == notes_.end()) notes_.push_back(why);
  }
}

void CacheFolder::note(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(notes_, what) == notes_.end()) notes_.push_back(what);
}

std::vector<std::string> CacheFolder::notes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

}  // namespace doppel::remote
