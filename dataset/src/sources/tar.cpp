#include "tar.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kLongestName = 1 << 16;
using Header = std::array<unsigned char, kBlock>;

std::string_view field(const Header& header, std::size_t at, std::size_t size) {
  const std::string_view whole(reinterpret_cast<const char*>(header.data()) + at, size);
  return whole.substr(0, whole.find('\0'));
}

/// Octal text, or big-endian binary where the first bit is set.
std::uint64_t number(const Header& header, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  if ((header[at] & 0x80) != 0) {
    for (std::size_t i = 1; i < size; ++i) {
      if (value >> 55 != 0) throw Error("a number in a header is too large");
      value = value << 8 | header[at + i];
    }
    return value;
  }
  for (const char c : field(header, at, size)) {
    if (c == ' ') continue;
    if (c < '0' || c > '7') throw Error("a header that isn't tar's");
    value = value << 3 | static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// Sum of the header's bytes with its own field as blanks.
bool checksum_holds(const Header& header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : header[i];
  return sum == number(header, 148, 8);
}

std::string text_of(const RandomFile& file, std::uint64_t at, std::uint64_t size) {
  if (size > kLongestName) throw Error(fmt::format("an extended header of {} bytes", size));
  std::string text(static_cast<std::size_t>(size), '\0');
  file.read(at, std::span(reinterpret_cast<unsigned char*>(text.data()), text.size()));
  return text;
}

/// What a pax header says about the next member: lines "length key=value".
struct Extended {
  std::string name;
  std::uint64_t size = 0;
  bool has_size = false;
  void read(std::string_view text) {
    while (!text.empty()) {
      std::size_t length = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
      const auto digits = static_cast<std::size_t>(end - text.data());
      if (error != std::errc() || length <= digits + 1 || length > text.size())
        throw Error("a damaged extended header");
      const std::string_view line = text.substr(digits + 1, length - digits - 2);
      text.remove_prefix(length);
      if (line.starts_with("path=")) name = line.substr(5);
      if (line.starts_with("size=")) {
        const std::string_view value = line.substr(5);
        has_size = std::from_chars(value.data(), value.data() + value.size(), size).ec == std::errc();
      }
    }
  }
};

}  // namespace

RandomFile::RandomFile(const std::filesystem::path& path)
    : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat facts{};
  if (fd_ < 0 || ::fstat(fd_, &facts) != 0) {
    const int reason = errno;
    if (fd_ >= 0) ::close(fd_);
    throw Error(fmt::format("can't read {}: {}", path.string(), std::strerror(reason)));
  }
  size_ = static_cast<std::uint64_t>(facts.st_size);
}

RandomFile::~RandomFile() {
  if (fd_ >= 0) ::close(fd_);
}

void RandomFile::read(std::uint64_t at, std::span<unsigned char> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(fmt::format("can't read {}: {}", path_.string(), std::strerror(errno)));
    if (got == 0) throw Error(fmt::format("{} ends {} bytes too early", path_.string(), into.size()));
    at += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

void RandomFile::fetch(std::uint64_t at, std::uint64_t size) const {
  ::posix_fadvise(fd_, static_cast<off_t>(at), static_cast<off_t>(size), POSIX_FADV_WILLNEED);
}

void for_each_member(const RandomFile& file, const std::function<void(const TarMember&)>& take) {
  Extended extended;
  Header header;
  for (std::uint64_t at = 0; at + kBlock <= file.size();) {
    file.read(at, header);
    if (std::ranges::all_of(header, [](unsigned char b) { return b == 0; })) return;  // the end's mark
    if (!checksum_holds(header)) throw Error(fmt::format("byte {}: not a tar header", at));
    const char type = static_cast<char>(header[156]);
    TarMember member;
    member.at = at + kBlock;
    member.size = extended.has_size ? extended.size : number(header, 124, 12);
    if (member.size > file.size() - member.at)
      throw Error(
          fmt::format("byte {}: a member of {} bytes goes beyond the end: truncated", at, member.size));
    at = member.at + (member.size + kBlock - 1) / kBlock * kBlock;
    if (type == 'x') {
      extended.read(text_of(file, member.at, member.size));
      continue;
    }
    if (type == 'L') {
      extended.name = text_of(file, member.at, member.size);
      extended.name.resize(std::min(extended.name.size(), extended.name.find('\0')));
      continue;
    }
    if (type == '0' || type == '\0') {
      const std::string_view prefix =
          field(header, 257, 5) == "ustar" ? field(header, 345, 155) : std::string_view();
      member.name = !extended.name.empty() ? extended.name
                    : prefix.empty()       ? std::string(field(header, 0, 100))
                                           : fmt::format("{}/{}", prefix, field(header, 0, 100));
      take(member);
    }
    if (type != 'g') extended = {};
  }
}

}  // namespace doppel::dataset
