#include "doppel/base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <utility>

#include "base/open_file.h"
#include "doppel/base/error.h"
#include "doppel/base/new_file.h"
#include "doppel/base/place.h"
#include "doppel/base/remote.h"

namespace doppel {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  throw Error(fmt::format("can't {} {}: {}", what, path.string(), std::strerror(errno)));
}

void write_all(int fd, std::span<const unsigned char> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

std::vector<unsigned char> gunzip(std::span<const unsigned char> bytes, const std::filesystem::path& path,
                                  std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw Error("zlib can't start");
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::vector<unsigned char> out;
  constexpr std::size_t kRate = 1032, kLeast = 1 << 16,
                        kMostAtOnce = 1 << 24;       // what Deflate can make of a byte
  const bool known = limit / kRate <= bytes.size();  // all of it may be there: no copies while it grows
  if (known) out.reserve(limit + 1);
  int status = Z_OK;
  while (status == Z_OK && out.size() <= limit) {
    const std::size_t before = out.size(), more = std::max(before, kLeast);
    out.resize(known ? std::min(limit + 1, before + std::min(more, kMostAtOnce)) : before + more);
    stream.next_out = out.data() + before;
    stream.avail_out = static_cast<uInt>(out.size() - before);
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > limit) throw Error(fmt::format("{}: unpacks to more than {} bytes", path.string(), limit));
  if (status != Z_STREAM_END)
    throw Error(fmt::format("{}: not a whole gzip file (truncated or damaged)", path.string()));
  return out;
}

/// What the beginning of a gzip file begins with; less where it's damaged.
std::vector<unsigned char> gunzipped_head(std::span<const unsigned char> bytes, std::size_t size) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw Error("zlib can't start");
  std::vector<unsigned char> out(size);
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

/// A file on the disk.
class DiskBytes final : public ByteStream {
 public:
  explicit DiskBytes(const std::filesystem::path& path) : path_(path), file_(open_to_read(path)) {}
  std::size_t read(std::span<unsigned char> into) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t got = ::read(file_.get(), into.data() + filled, into.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(path_, "read");
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return filled;
  }

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

std::filesystem::file_type type_of(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::status(path, ignored).type();
}

[[noreturn]] void fail_to_list(const std::filesystem::path& folder) {
  throw Error(fmt::format("can't open the folder {}: {}", folder.string(), std::strerror(errno)));
}

struct CloseFolder {
  void operator()(DIR* open) const { ::closedir(open); }
};

/// What an entry of a folder is, and where a link leads; the system mostly tells it along with the name.
std::pair<bool, bool> is_folder_or_special(DIR* folder, const dirent& entry) {
  mode_t type = DTTOIF(entry.d_type);
  if (entry.d_type == DT_UNKNOWN || entry.d_type == DT_LNK) {
    struct stat facts{};
    type = ::fstatat(::dirfd(folder), entry.d_name, &facts, 0) == 0 ? facts.st_mode & S_IFMT : S_IFREG;
  }
  return {type == S_IFDIR, type != S_IFDIR && type != S_IFREG};
}

/// Until `show` says false.
void each_on_disk(const std::filesystem::path& folder, const auto& show) {
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (!open) fail_to_list(folder);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(open.get());
    if (!entry && errno != 0) fail_to_list(folder);
    if (!entry) return;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const auto [is_folder, is_special] = is_folder_or_special(open.get(), *entry);
    if (!show(name, is_folder, is_special)) return;
  }
}

/// What is called as an archive and is none, or damaged, is a file as others are; who opens it hears of it.
PlacedPath placed_if_whole(const std::filesystem::path& path) {
  try {
    return placed(path);
  } catch (const Error&) { return {}; }
}

std::filesystem::path true_path_in(const std::filesystem::path& path, const PlacedPath& in) {
  if (in.place->kind(in.within) == Place::Kind::Nothing)
    throw Error(fmt::format("can't open {}: there is no such file or folder in {}", path.string(),
                            in.place->is_far() ? "the store" : "the archive"));
  if (is_remote(in.at)) return std::filesystem::path(in.at) / in.within;
  return std::filesystem::canonical(in.at) / in.within;
}

}  // namespace

bool is_there(const std::filesystem::path& path) {
  if (const PlacedPath in = placed_if_whole(path); in.place)
    return in.place->kind(in.within) != Place::Kind::Nothing;
  const auto type = type_of(path);
  return type != std::filesystem::file_type::none && type != std::filesystem::file_type::not_found;
}

bool is_file(const std::filesystem::path& path) {
  if (const PlacedPath in = placed_if_whole(path); in.place)
    return in.place->kind(in.within) == Place::Kind::File;
  return type_of(path) == std::filesystem::file_type::regular;
}

bool is_folder(const std::filesystem::path& path) {
  if (const PlacedPath in = placed_if_whole(path); in.place)
    return in.place->kind(in.within) == Place::Kind::Folder;
  return type_of(path) == std::filesystem::file_type::directory;
}

std::uint64_t size_of_file(const std::filesystem::path& path) {
  if (const PlacedPath in = placed_file(path); in.place) return in.place->size(in.within);
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw Error(fmt::format("can't read {}: {}", path.string(), error.message()));
  return size;
}

std::filesystem::path true_path(const std::filesystem::path& path) {
  if (const PlacedPath in = placed(path); in.place) return true_path_in(path, in);
  std::error_code error;
  std::filesystem::path found = std::filesystem::canonical(path, error);
  if (error) throw Error(fmt::format("can't open {}: {}", path.string(), error.message()));
  return found;
}

std::vector<FolderEntry> list_folder(const std::filesystem::path& folder) {
  std::vector<FolderEntry> list;
  if (const PlacedPath in = placed(folder); in.place) {
    for (const Place::Entry& entry : in.place->list(in.within))
      list.push_back({folder / entry.name, entry.is_folder, false});
    return list;
  }
  each_on_disk(folder, [&](std::string_view name, bool is_folder, bool is_special) {
    list.push_back({folder / name, is_folder, is_special});
    return true;
  });
  return list;
}

void each_entry(const std::filesystem::path& folder,
                const std::function<bool(std::string_view name, bool is_folder)>& show) {
  if (const PlacedPath in = placed(folder); in.place) {
    for (const Place::Entry& entry : in.place->list(in.within))
      if (!show(entry.name, entry.is_folder)) return;
    return;
  }
  each_on_disk(folder, [&](std::string_view name, bool is_folder, bool) { return show(name, is_folder); });
}

FileStream::FileStream(const std::filesystem::path& path) {
  const PlacedPath in = placed_file(path);
  if (in.place)
    bytes_ = in.place->stream(in.within);
  else
    bytes_ = std::make_unique<DiskBytes>(path);
}
FileStream::~FileStream() = default;
FileStream::FileStream(FileStream&&) noexcept = default;
FileStream& FileStream::operator=(FileStream&&) noexcept = default;
std::size_t FileStream::read(std::span<unsigned char> into) { return bytes_->read(into); }

void fetch_file(const std::filesystem::path& path) {
  if (const PlacedPath in = placed_file(path); in.place)
    return in.place->fetch(in.within, 0, std::numeric_limits<std::uint64_t>::max());
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() >= 0) ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_WILLNEED);
}

std::vector<unsigned char> read_file(const std::filesystem::path& path) {
  if (const PlacedPath in = placed_file(path); in.place) return in.place->read(in.within);
  const Descriptor file(open_to_read(path));
  std::vector<unsigned char> bytes;
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  bytes.resize(ignored ? 1 << 16 : static_cast<std::size_t>(size) + 1);
  std::size_t filled = 0;
  while (true) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(filled);
  return bytes;
}

std::vector<unsigned char> read_head(const std::filesystem::path& path, std::size_t size) {
  try {
    if (const PlacedPath in = placed_file(path); in.place) return in.place->head(in.within, size);
  } catch (const Error&) { return {}; }
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::vector<unsigned char> bytes(size);
  const ssize_t got = file.get() < 0 ? -1 : ::read(file.get(), bytes.data(), size);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::vector<unsigned char> read_head_or_gzip(const std::filesystem::path& path, std::size_t size) {
  constexpr std::size_t kPacked = 4096;
  std::vector<unsigned char> bytes = read_head(path, std::max(size, kPacked));
  if (bytes.size() > 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) bytes = gunzipped_head(bytes, size);
  bytes.resize(std::min(bytes.size(), size));
  return bytes;
}

std::vector<unsigned char> read_file_or_gzip(const std::filesystem::path& path, std::size_t limit) {
  std::vector<unsigned char> bytes = read_file(path);
  const bool packed = bytes.size() > 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
  return packed ? gunzip(bytes, path, limit) : bytes;
}

void check_no_pipe(const std::filesystem::path& path) {
  if (is_there(path) && !is_file(path)) throw Error(fmt::format("{} isn't a file", path.string()));
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return;
  if (error == std::errc::not_a_directory || error == std::errc::file_exists)
    for (std::filesystem::path at = folder; !at.empty(); at = at.parent_path()) {
      std::error_code ignored;
      if (std::filesystem::exists(at, ignored) && !std::filesystem::is_directory(at, ignored))
        throw UsageError(fmt::format("{} is a file, where a folder is needed", at.string()));
      if (at == at.parent_path()) break;
    }
  throw Error(fmt::format("can't make the folder {}: {}", folder.string(), error.message()));
}

void write_file(const std::filesystem::path& path, std::span<const unsigned char> bytes) {
  const std::filesystem::path beside = path.string() + fmt::format(".{}.tmp", ::getpid());
  try {
    const Descriptor file(open_new_file(beside));
    if (file.get() < 0) fail(path, "write");
    write_all(file.get(), bytes, path);
    if (::fsync(file.get()) != 0) fail(path, "write");
    if (::rename(beside.c_str(), path.c_str()) != 0) fail(path, "write");
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

}  // namespace doppel
