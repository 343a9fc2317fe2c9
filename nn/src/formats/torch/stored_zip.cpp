#include "stored_zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doppel/base/error.h"

namespace doppel::nn::torch {
namespace {

// PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.14 to 16.
constexpr std::size_t kLocalHeader = 30, kCentralHeader = 46, kEnd = 22, kEnd64Locator = 20, kEnd64 = 56;
constexpr std::uint32_t kLocalMark = 0x04034b50, kCentralMark = 0x02014b50, kEndMark = 0x06054b50,
                        kEnd64LocatorMark = 0x07064b50, kEnd64Mark = 0x06064b50;
constexpr std::uint32_t kIn64 = 0xffffffff;  ///< the true number is in the 64-bit extra field

std::uint64_t number(const std::vector<unsigned char>& bytes, std::size_t at, int size) {
  std::uint64_t v = 0;
  for (int i = size; i-- > 0;) v = v << 8 | bytes[at + static_cast<std::size_t>(i)];
  return v;
}

}  // namespace

void StoredZip::fail(const std::string& what) const {
  throw Error(fmt::format("{}: {}", path_.string(), what));
}

std::vector<unsigned char> StoredZip::bytes(std::uint64_t at, std::uint64_t count) {
  if (at > file_size_ || count > file_size_ - at) fail("the archive is cut short");
  std::vector<unsigned char> out(count);
  file_.seekg(static_cast<std::streamoff>(at));
  file_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(count));
  if (!file_) fail("can't be read");
  return out;
}

/// Of the central header at `at`.
StoredZip::Entry StoredZip::entry_of(const std::vector<unsigned char>& directory, std::size_t at,
                                     std::size_t name, std::size_t extra) const {
  // Size, compressed size and place; those that don't fit 32 bits stand in this order in the extra field 1.
  std::array<std::uint64_t, 3> numbers{number(directory, at + 24, 4), number(directory, at + 20, 4),
                                       number(directory, at + 42, 4)};
  std::size_t field = at + kCentralHeader + name;
  for (const std::size_t stop = field + extra; field + 4 <= stop;) {
    const std::size_t id = number(directory, field, 2), end = field + 4 + number(directory, field + 2, 2);
    if (end > stop) fail("the archive is damaged");
    std::size_t value = field + 4;
    for (std::uint64_t& n : numbers)
      if (id == 1 && n == kIn64 && value + 8 <= end) {
        n = number(directory, value, 8);
        value += 8;
      }
    field = end;
  }
  return {numbers[2], numbers[0]};
}

StoredZip::StoredZip(const std::filesystem::path& path) : path_(path), file_(path, std::ios::binary) {
  if (!file_) fail("can't be opened");
  file_size_ = std::filesystem::file_size(path);
  // The end's record stands last, but for a comment.
  const std::uint64_t tail = std::min<std::uint64_t>(file_size_, kEnd + 65535);
  const auto last = bytes(file_size_ - tail, tail);
  std::size_t end = last.size();
  for (std::size_t at = last.size() >= kEnd ? last.size() - kEnd + 1 : 0; at-- > 0 && end == last.size();)
    if (number(last, at, 4) == kEndMark) end = at;
  if (end == last.size())
    fail("no PyTorch file of 1.6 or later (a ZIP archive); load and save it again there");
  std::uint64_t count = number(last, end + 10, 2), size = number(last, end + 12, 4),
                start = number(last, end + 16, 4);
  if (end >= kEnd64Locator && number(last, end - kEnd64Locator, 4) == kEnd64LocatorMark) {
    const auto record = bytes(number(last, end - kEnd64Locator + 8, 8), kEnd64);
    if (number(record, 0, 4) != kEnd64Mark) fail("the archive is damaged");
    count = number(record, 32, 8), size = number(record, 40, 8), start = number(record, 48, 8);
  }
  const auto directory = bytes(start, size);
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (at + kCentralHeader > directory.size() || number(directory, at, 4) != kCentralMark)
      fail("the archive is damaged");
    const std::size_t name = number(directory, at + 28, 2), extra = number(directory, at + 30, 2),
                      comment = number(directory, at + 32, 2);
    if (at + kCentralHeader + name + extra + comment > directory.size()) fail("the archive is damaged");
    if (number(directory, at + 10, 2) != 0) fail("its entries are compressed, which PyTorch's never are");
    const Entry entry = entry_of(directory, at, name, extra);
    entries_[std::string(directory.begin() + static_cast<std::ptrdiff_t>(at + kCentralHeader),
                         directory.begin() + static_cast<std::ptrdiff_t>(at + kCentralHeader + name))] =
        entry;
    at += kCentralHeader + name + extra + comment;
  }
}

std::string StoredZip::find(const std::string& ending) const {
  const auto found = std::ranges::find_if(entries_, [&](const auto& e) { return e.first.ends_with(ending); });
  if (found == entries_.end()) fail(fmt::format("there is no {} in it: no PyTorch file", ending));
  return found->first;
}

std::uint64_t StoredZip::size(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail(fmt::format("there is no {} in it", name));
  return found->second.bytes;
}

std::vector<unsigned char> StoredZip::read(const std::string& name) {
  const std::uint64_t count = size(name);
  const auto header = bytes(entries_[name].header, kLocalHeader);
  if (number(header, 0, 4) != kLocalMark) fail("the archive is damaged");
  return bytes(entries_[name].header + kLocalHeader + number(header, 26, 2) + number(header, 28, 2), count);
}

}  // namespace doppel::nn::torch
