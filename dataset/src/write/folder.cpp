#include "folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/hash.h"
#include "doppel/base/new_file.h"
#include "doppel/dataset/write/begun_folder.h"
#include "pack/apart.h"

namespace doppel::dataset::write {
namespace {

namespace fs = std::filesystem;

void write_whole(const fs::path& path, std::span<const unsigned char> bytes) {
  const int fd = open_new_file(path);
  const auto fail = [&](int reason) {
    if (fd >= 0) ::close(fd);
    ::unlink(path.c_str());
    throw Error(std::strerror(reason));
  };
  if (fd < 0) fail(errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::close(fd) != 0) throw Error(std::strerror(errno));
}

}  // namespace

fs::path hidden_folder(const fs::path& out) { return out / ".augment"; }

void prepare_folder(const fs::path& out, const std::string& data, std::span<const SettingText> settings) {
  pack::check_apart(out, data);
  begin_folder(out, "augment", settings);
}

FileWriter::FileWriter(fs::path out) : out_(std::move(out)), unfinished_(hidden_folder(out_) / "unfinished") {
  std::error_code ignored;
  fs::remove_all(unfinished_, ignored);
  make_folder(unfinished_);
}

void FileWriter::write(const std::string& name, std::span<const unsigned char> bytes) const {
  const fs::path path = out_ / name;
  const fs::path beside = unfinished_ / fmt::format("{:016x}", fnv1a(name));
  try {
    write_whole(beside, bytes);
    if (::rename(beside.c_str(), path.c_str()) == 0) return;
    if (errno != ENOENT) throw Error(std::strerror(errno));
    fs::create_directories(path.parent_path());
    if (::rename(beside.c_str(), path.c_str()) != 0) throw Error(std::strerror(errno));
  } catch (const std::exception& error) {
    ::unlink(beside.c_str());
    throw Error(fmt::format("can't write {}: {}", path.string(), error.what()));
  }
}

}  // namespace doppel::dataset::write
