#include "zip_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "zip_names.h"

namespace doppel {
namespace {

// APPNOTE 6.3.10, sections 4.3.12 (central headers), 4.3.14 to 16 (the end), 4.4 (fields), 4.5.3 (ZIP64).
constexpr std::size_t kCentralHeader = 46, kEnd = 22, kEnd64Locator = 20, kEnd64 = 56,
                      kLongestComment = 65535;
constexpr std::uint32_t kCentralMark = 0x02014b50, kEndMark = 0x06054b50, kEnd64LocatorMark = 0x07064b50,
                        kEnd64Mark = 0x06064b50;
constexpr std::uint32_t kIn64 = 0xffffffff;  ///< the true number is in the ZIP64 extra field
constexpr int kEncrypted = 1 << 0, kUtf8 = 1 << 11, kMasked = 1 << 13;
constexpr std::uint16_t kZip64Field = 1, kUnicodePathField = 0x7075;
constexpr std::uint32_t kUnix = 3, kKindOfFile = 0170000, kLink = 0120000;

/// Deflate makes no more than 1,032 bytes of one.
constexpr std::uint64_t kMostOfAByte = 1032;

std::uint32_t number32(const unsigned char* bytes) {
  return static_cast<std::uint32_t>(zip_number(bytes, 4));
}
std::uint16_t number16(const unsigned char* bytes) {
  return static_cast<std::uint16_t>(zip_number(bytes, 2));
}

/// The content of one extra field; nothing where it isn't there.
std::optional<std::span<const unsigned char>> extra_field(std::span<const unsigned char> extra,
                                                          std::uint16_t wanted) {
  while (extra.size() >= 4) {
    const std::uint16_t id = number16(extra.data()), size = number16(extra.data() + 2);
    extra = extra.subspan(4);
    if (size > extra.size()) return {};
    if (id == wanted) return extra.first(size);
    extra = extra.subspan(size);
  }
  return {};
}

/// The name in Info-ZIP's Unicode field, where it is of this name (APPNOTE 4.6.9); empty elsewhere.
std::string_view unicode_name(std::span<const unsigned char> extra, std::string_view raw) {
  const auto field = extra_field(extra, kUnicodePathField);
  if (!field || field->size() <= 5 || (*field)[0] != 1) return {};
  const auto* text = reinterpret_cast<const unsigned char*>(raw.data());
  if (number32(field->data() + 1) != crc32_of({text, raw.size()})) return {};
  return {reinterpret_cast<const char*>(field->data()) + 5, field->size() - 5};
}

}  // namespace

std::uint64_t zip_number(const unsigned char* bytes, int size) {
  std::uint64_t value = 0;
  for (int i = size; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

void ZipDirectory::fail(std::string_view what) const {
  throw Error(fmt::format("{}: {}", zip_.path().string(), what));
}

std::vector<unsigned char> ZipDirectory::bytes(std::uint64_t at, std::uint64_t count) const {
  const std::uint64_t size = zip_.file_.size();
  if (at > size || count > size - at) fail("the archive is cut short, or its directory is damaged");
  std::vector<unsigned char> out(static_cast<std::size_t>(count));
  zip_.file_.read(at, out);
  return out;
}

bool ZipDirectory::is_mark(std::uint64_t at, std::uint32_t mark) const {
  const std::uint64_t size = zip_.file_.size();
  if (size < 4 || at > size - 4) return false;
  return number32(bytes(at, 4).data()) == mark;
}

ZipDirectory::Place ZipDirectory::placed(Place place, std::uint64_t end, std::uint64_t said_at) {
  // It ends where what follows begins; what it says of places counts from the archive's first byte, which
  // isn't the file's where something was put before it.
  if (place.size <= end && (place.size == 0 || is_mark(end - place.size, kCentralMark)) &&
      said_at <= end - place.size) {
    place.at = end - place.size;
    place.shift = place.at - said_at;
    return place;
  }
  if (said_at > end || place.size > end - said_at || !is_mark(said_at, kCentralMark))
    fail("the archive is cut short, or its directory is damaged");
  place.at = said_at;
  return place;
}

ZipDirectory::Place ZipDirectory::find_64(std::uint64_t locator_at, Place place) {
  const std::vector<unsigned char> locator = bytes(locator_at, kEnd64Locator);
  // As a rule right before its locator; what the locator says is wrong where something was put before the
  // archive.
  std::uint64_t at = zip_number(locator.data() + 8, 8);
  if (locator_at >= kEnd64 && is_mark(locator_at - kEnd64, kEnd64Mark)) at = locator_at - kEnd64;
  if (at > locator_at || locator_at - at < kEnd64 || !is_mark(at, kEnd64Mark))
    fail("the archive is cut short, or its directory is damaged");
  const std::vector<unsigned char> end = bytes(at, kEnd64);
  if (number32(end.data() + 16) != number32(end.data() + 20))
    fail(
        "one of an archive's several volumes, which aren't read: join them (zip -s 0 ALL.zip --out ONE.zip)");
  place.in_64 = true;
  place.entries = zip_number(end.data() + 32, 8);
  place.size = zip_number(end.data() + 40, 8);
  return placed(place, at, zip_number(end.data() + 48, 8));
}

ZipDirectory::Place ZipDirectory::find() {
  const std::uint64_t size = zip_.file_.size(), tail = std::min<std::uint64_t>(size, kEnd + kLongestComment),
                      tail_at = size - tail;
  const std::vector<unsigned char> last = bytes(tail_at, tail);
  // The record whose comment ends with the file, which may hold what looks like another one; else, where
  // something was put behind the archive, the last one.
  std::optional<std::size_t> found, ends_with_file;
  for (std::size_t at = last.size() < kEnd ? 0 : last.size() - kEnd + 1; at-- > 0;) {
    if (number32(last.data() + at) != kEndMark) continue;
    const std::size_t end = at + kEnd + number16(last.data() + at + 20);
    if (end <= last.size() && !found) found = at;
    if (end == last.size()) ends_with_file = at;
  }
  if (ends_with_file) found = ends_with_file;
  if (!found) fail("no ZIP archive, or cut short: its directory, which stands at the end, isn't there");
  const unsigned char* record = last.data() + *found;
  const std::uint64_t at = tail_at + *found;
  Place place{.size = number32(record + 12), .entries = number16(record + 10)};
  if (at >= kEnd64Locator && is_mark(at - kEnd64Locator, kEnd64LocatorMark))
    return find_64(at - kEnd64Locator, place);
  if (number16(record + 4) != number16(record + 6) || number16(record + 4) != 0)
    fail(
        "one of an archive's several volumes, which aren't read: join them (zip -s 0 ALL.zip --out ONE.zip)");
  return placed(place, at, number32(record + 16));
}

void ZipDirectory::read_64(std::span<const unsigned char> extra, ZipFile::Record& record) const {
  const auto field = extra_field(extra, kZip64Field);
  std::span<const unsigned char> left = field.value_or(std::span<const unsigned char>());
  // Those that don't fit 32 bits stand there, in this order.
  for (std::uint64_t* number : {&record.size, &record.packed_size, &record.at}) {
    if (*number != kIn64) continue;
    if (left.size() < 8) {
      if (field) fail("its directory is damaged (a ZIP64 field)");
      return;  // as large as that, to the byte
    }
    *number = zip_number(left.data(), 8);
    left = left.subspan(8);
  }
}

void ZipDirectory::add(const unsigned char* header, std::uint64_t shift) {
  const int flags = number16(header + 8);
  ZipFile::Record record{.at = number32(header + 42),
                         .size = number32(header + 24),
                         .packed_size = number32(header + 20),
                         .crc = number32(header + 16),
                         .method = number16(header + 10),
                         .encrypted = (flags & (kEncrypted | kMasked)) != 0};
  const std::string_view raw(reinterpret_cast<const char*>(header) + kCentralHeader, number16(header + 28));
  const std::span extra(header + kCentralHeader + raw.size(), number16(header + 30));
  read_64(extra, record);
  std::string name(unicode_name(extra, raw));
  if (name.empty()) name = zip_name(raw, (flags & kUtf8) != 0);
  const auto clean = clean_zip_path(name);
  const bool is_link = header[5] == kUnix && (number32(header + 38) >> 16 & kKindOfFile) == kLink;
  if (!clean || is_link) {
    zip_.left_out_.push_back({name, clean ? "links, which aren't followed" : "names that leave the archive"});
    return;
  }
  if (record.at > std::numeric_limits<std::uint64_t>::max() - shift) fail("its directory is damaged");
  record.at += shift;
  if (zip_.names_.size() + clean->size() > std::numeric_limits<std::uint32_t>::max())
    fail("more than 4 GiB of names");
  record.name_at = static_cast<std::uint32_t>(zip_.names_.size());
  record.name_size = static_cast<std::uint32_t>(clean->size());
  zip_.names_ += *clean;
  zip_.records_.push_back(record);
}

void ZipDirectory::read_entries(const Place& place) {
  // By windows: a directory may say that it's as large as the file.
  constexpr std::size_t kWindow = 1 << 20;
  std::vector<unsigned char> window;
  std::uint64_t left = place.size, next = place.at, entries = 0;
  std::size_t at = 0;
  const auto have = [&](std::size_t wanted) {
    if (window.size() - at >= wanted) return true;
    window.erase(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(at));
    at = 0;
    const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(left, kWindow));
    const std::vector<unsigned char> read = bytes(next, more);
    window.insert(window.end(), read.begin(), read.end());
    next += more, left -= more;
    return window.size() >= wanted;
  };
  for (; have(kCentralHeader) && number32(window.data() + at) == kCentralMark; ++entries) {
    const unsigned char* header = window.data() + at;
    const std::size_t size =
        kCentralHeader + number16(header + 28) + number16(header + 30) + number16(header + 32);
    if (!have(size)) fail("its directory is damaged");
    add(window.data() + at, place.shift);
    at += size;
  }
  // Some writers put more than 65,535 entries into archives without ZIP64.
  const std::uint64_t said = place.in_64 ? entries : entries & 0xffff;
  if (said != place.entries)
    fail(fmt::format("its directory is damaged: {} entries, where its end says {}", entries, place.entries));
}

/// No entry lies where another one or the directory does: what unpacks to many times its size is made so.
void ZipDirectory::check_places() {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(zip_.records_.size());
  for (std::size_t i = 0; i < zip_.records_.size(); ++i) order.emplace_back(zip_.records_[i].at, i);
  if (!std::ranges::is_sorted(order)) std::ranges::sort(order);
  std::uint64_t end = 0;
  std::size_t before = 0;
  for (const auto& [at, i] : order) {
    const ZipFile::Record& record = zip_.records_[i];
    const std::string_view name = zip_.name_of(record);
    if (at < end)
      fail(fmt::format("{} and {} lie over each other: the archive is damaged, or made to do harm",
                       zip_.name_of(zip_.records_[before]), name));
    if (at > zip_.entries_end_ || zip_.entries_end_ - at < kZipLocalHeader ||
        record.packed_size > zip_.entries_end_ - at - kZipLocalHeader)
      fail(fmt::format("{} lies beyond the end of what is there: cut short or damaged", name));
    if (!record.encrypted && record.method == ZipFile::kStored && record.size != record.packed_size)
      fail(fmt::format("{}: stored, but of two sizes, {} and {}", name, record.size, record.packed_size));
    if (record.method == ZipFile::kDeflate && record.size / kMostOfAByte > record.packed_size)
      fail(fmt::format("{}: {} bytes can't unpack to {}", name, record.packed_size, record.size));
    end = at + kZipLocalHeader + record.packed_size;
    before = i;
  }
}

void ZipDirectory::sort_names() {
  const auto name = [this](const ZipFile::Record& record) { return zip_.name_of(record); };
  if (!std::ranges::is_sorted(zip_.records_, {}, name)) std::ranges::sort(zip_.records_, {}, name);
  // Not ranges' unique(): what it returns, Clang 14 can't compile.
  const auto same =
      std::unique(zip_.records_.begin(), zip_.records_.end(), [&](const auto& a, const auto& b) {
        if (name(a) != name(b)) return false;
        if (!name(a).ends_with('/')) fail(fmt::format("it holds two files called {}", name(a)));
        return true;
      });
  zip_.records_.erase(same, zip_.records_.end());
  zip_.records_.shrink_to_fit();
  zip_.names_.shrink_to_fit();
}

void ZipDirectory::read() {
  const Place place = find();
  zip_.entries_end_ = place.at;
  read_entries(place);
  check_places();
  sort_names();
}

}  // namespace doppel
