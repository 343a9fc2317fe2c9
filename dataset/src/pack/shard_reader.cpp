#include "shard_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "doppel/base/error.h"
#include "shard_facts.h"
#include "tar_frame.h"
#include "tar_header.h"
#include "tile_tables.h"

namespace doppel::dataset::pack {
namespace {

constexpr std::uint64_t kHeaderAt = 512;  // after its tar header

template <class T>
std::span<unsigned char> bytes_of(T& value) {
  return {reinterpret_cast<unsigned char*>(&value), sizeof value};
}

/// How many classes the first of a shard's strings lists; as many as can be where it's no list, which is said
/// by who wants their names.
std::size_t count_classes(std::span<const unsigned char> strings) {
  const auto classes = nlohmann::json::parse(strings.begin(), std::ranges::find(strings, 0), nullptr, false);
  return classes.is_array() ? classes.size() : std::numeric_limits<std::size_t>::max();
}

bool read_header(const RandomFile& file, Header& header) {
  if (file.size() < kHeaderAt + sizeof header) return false;
  file.read(kHeaderAt, bytes_of(header));
  return std::string_view(header.magic.data(), header.magic.size()) == kMagic;
}

}  // namespace

bool ShardReader::is_shard(const std::filesystem::path& path) {
  Header header;
  return read_header(RandomFile(path), header);
}

ShardReader::ShardReader(const std::filesystem::path& path) : file_(path) {
  if (!read_header(file_, header_)) fail("not a shard of a doppel pack");
  if (header_.version < kPlainVersion || header_.version > kTiledVersion)
    fail(fmt::format("written in version {} of the format; this program reads {} to {}", header_.version,
                     kPlainVersion, kTiledVersion));
  if (crc_of(&header_, offsetof(Header, header_crc)) != header_.header_crc) fail("its header is damaged");
  if (header_.index_at > file_.size() || header_.index_bytes > file_.size() - header_.index_at ||
      header_.index_bytes < sizeof(IndexHeader))
    fail("its index lies beyond the end: truncated");
  // A record for each sample, before anybody counts on them.
  if (header_.samples > (header_.index_bytes - sizeof(IndexHeader)) / sizeof(Record))
    fail("its index contradicts itself");
}

void ShardReader::fail(const std::string& why) const {
  throw Error(fmt::format("{}: {}", path().string(), why));
}

const ShardReader::Index& ShardReader::index() const {
  // Not std::call_once: libstdc++'s may never return where another thread's call has thrown.
  if (!index_->read.load(std::memory_order_acquire)) {
    const std::lock_guard lock(index_->reading);
    if (!index_->read.load(std::memory_order_relaxed)) read_index(*index_);
    index_->read.store(true, std::memory_order_release);
  }
  return *index_;
}

/// All of it, for its checksum; the records are kept. Each size is compared with what is left of the bytes,
/// so that no sum can wrap around.
void ShardReader::read_index(Index& index) const {
  std::vector<unsigned char> bytes(static_cast<std::size_t>(header_.index_bytes));
  file_.read(header_.index_at, bytes);
  if (crc_of(bytes.data(), bytes.size()) != header_.index_crc) fail("its index is damaged");
  std::span<const unsigned char> left(bytes);
  const auto take = [&](void* into, std::size_t size) {
    if (size > left.size()) fail("its index contradicts itself");
    if (size > 0) std::memcpy(into, left.data(), size);
    left = left.subspan(size);
  };
  IndexHeader facts;
  take(&facts, sizeof facts);
  TilesPlace tiles;
  if (header_.version >= kTiledVersion) take(&tiles, sizeof tiles);
  if (facts.records != header_.samples || facts.records > left.size() / sizeof(Record) ||
      facts.strings != left.size() - std::size_t{facts.records} * sizeof(Record))
    fail("its index contradicts itself");
  std::vector<Record> list(facts.records);
  take(list.data(), list.size() * sizeof(Record));
  const auto is_within = [this](std::uint64_t at, std::uint64_t size) {
    return at <= file_.size() && size <= file_.size() - at;
  };
  for (Record& record : list) {
    if (!is_within(record.at, record.size)) fail("its index points beyond the end");
    if (header_.version < kTiledVersion) record.tiles = kNone;
  }
  if (!is_within(tiles.at, tiles.size)) fail("its index points beyond the end");
  const std::size_t classes = count_classes(left);
  for (const Record& record : list) {
    if (record.size == 0) fail("its index has an image of 0 bytes");
    if (record.label < -1 || std::cmp_greater_equal(record.label, classes))
      fail(fmt::format("its index has the label {}, but there are {} classes", record.label, classes));
  }
  index.records = std::move(list);
  index.tiles_at = tiles;
  index.strings_at = header_.index_at + (bytes.size() - left.size());
  index.strings_end = index.strings_at + left.size();
  if (is_far()) index.strings.assign(left.begin(), left.end());
}

const std::vector<Record>& ShardReader::records() const { return index().records; }

std::string ShardReader::string(std::uint32_t at) const {
  const Index& facts = index();
  if (!facts.strings.empty()) {
    const std::size_t end = at < facts.strings.size() ? facts.strings.find('\0', at) : std::string::npos;
    if (end == std::string::npos) fail("a name that isn't there");
    return facts.strings.substr(at, end - at);
  }
  std::string text;
  constexpr std::size_t kStep = 512;
  for (std::uint64_t from = facts.strings_at + at; from < facts.strings_end; from += kStep) {
    std::array<char, kStep> part;
    const std::size_t size = std::min<std::size_t>(kStep, facts.strings_end - from);
    file_.read(from, {reinterpret_cast<unsigned char*>(part.data()), size});
    const auto* end = static_cast<const char*>(std::memchr(part.data(), 0, size));
    text.append(part.data(), end ? static_cast<std::size_t>(end - part.data()) : size);
    if (end) return text;
  }
  fail("a name that isn't there");
}

std::vector<unsigned char> ShardReader::bytes(const Record& record) const {
  std::vector<unsigned char> bytes(record.size);
  file_.read(record.at, bytes);
  if (crc_of(bytes.data(), bytes.size()) != record.crc) throw Error("its bytes have changed (CRC-32)");
  return bytes;
}

/// Read when it's first asked for, as the index is.
const std::vector<unsigned char>& ShardReader::tile_tables() const {
  const TilesPlace& place = index().tiles_at;
  if (!tiles_->read.load(std::memory_order_acquire)) {
    const std::lock_guard lock(tiles_->reading);
    if (!tiles_->read.load(std::memory_order_relaxed)) {
      std::vector<unsigned char> bytes(static_cast<std::size_t>(place.size));
      file_.read(place.at, bytes);
      if (crc_of(bytes.data(), bytes.size()) != place.crc) fail("its tables of tiles are damaged");
      tiles_->bytes = std::move(bytes);
    }
    tiles_->read.store(true, std::memory_order_release);
  }
  return tiles_->bytes;
}

std::optional<JpegTileTable> ShardReader::tiles(const Record& record) const {
  if (record.tiles == kNone) return std::nullopt;
  const std::span<const unsigned char> all(tile_tables());
  if (record.tiles >= all.size()) fail("a table of tiles that isn't there");
  return read_tile_table(all.subspan(record.tiles), record.width, record.height, record.size);
}

void ShardReader::read(const Record& record, std::span<const FilePart> parts,
                       std::span<unsigned char> image) const {
  std::vector<FileRange> ranges;
  ranges.reserve(parts.size());
  for (const FilePart& part : parts)
    ranges.push_back({record.at + part.at,
                      image.subspan(static_cast<std::size_t>(part.at), static_cast<std::size_t>(part.size))});
  file_.read_all(ranges);
}

void ShardReader::fetch(const Record& record, std::span<const FilePart> parts) const {
  for (const FilePart& part : parts) file_.fetch(record.at + part.at, part.size, true);
}

void ShardReader::fetch(std::size_t number) const {
  const std::vector<Record>& all = records();
  const Record& record = all[number];
  const std::uint64_t end = number + 1 < all.size() ? all[number + 1].at : header_.index_at;
  file_.fetch(record.at, end > record.at ? end - record.at : record.size);
}

std::vector<FilePart> ShardReader::places(const Record& record,
                                          std::span<const PromisedFile> promised) const {
  std::vector<FilePart> places;
  constexpr std::uint64_t kBlock = 512;
  std::uint64_t end = record.at + record.size;
  for (const PromisedFile& file : promised) {
    // Content fills whole blocks; one more is the next member's header.
    const std::uint64_t at = (end + kBlock - 1) / kBlock * kBlock + kBlock;
    if (at > file_.size() || file.size > file_.size() - at) fail(file.what + " lies beyond the end");
    places.push_back({at, file.size});
    end = at + file.size;
  }
  return places;
}

void ShardReader::fetch(const Record& record, std::span<const PromisedFile> promised) const {
  file_.fetch(record.at, record.size);
  for (const FilePart& place : places(record, promised)) file_.fetch(place.at, place.size);
}

std::vector<std::vector<unsigned char>> ShardReader::companions(
    const Record& record, std::span<const PromisedFile> promised) const {
  const std::vector<FilePart> where = places(record, promised);
  std::vector<std::vector<unsigned char>> files;
  std::vector<FileRange> ranges;
  for (const FilePart& place : where) files.emplace_back(static_cast<std::size_t>(place.size));
  for (std::size_t k = 0; k < files.size(); ++k) ranges.push_back({where[k].at, files[k]});
  file_.read_all(ranges);
  for (std::size_t k = 0; k < files.size(); ++k)
    if (crc_of(files[k].data(), files[k].size()) != promised[k].crc)
      fail(promised[k].what + " has changed (CRC-32)");
  return files;
}

void ShardReader::verify_frame(std::size_t number) const {
  const std::vector<Record>& all = records();
  const auto before = [](std::uint64_t at) { return at - std::min<std::uint64_t>(at, kTarBlock); };
  const Record& record = all[number];
  const std::uint64_t begin = number == 0 ? 0 : before(record.at);
  const std::uint64_t end = number + 1 < all.size() ? before(all[number + 1].at) : file_.size();
  const std::string label = record.label < 0 ? "" : std::to_string(record.label),
                    note = record.note == kNone ? "" : string(record.note);
  bool has_image = false;
  walk_tar(file_, begin, end, [&](const TarMember& member) {
    has_image |= member.at == record.at && member.size == record.size;
    const std::string* text = member.name.ends_with(".cls")    ? &label
                              : member.name.ends_with(".json") ? &note
                                                               : nullptr;
    const bool are_facts = member.name == kFactsName;
    if (!text && !are_facts) return;
    std::vector<unsigned char> bytes(static_cast<std::size_t>(member.size));
    file_.read(member.at, bytes);
    if (are_facts && !is_whole(bytes)) throw Error(fmt::format("its {} is damaged", kFactsName));
    if (text && std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()) != *text)
      throw Error(fmt::format("{} isn't what the index says", member.name));
  });
  if (!has_image) throw Error("its image isn't where the index says");
}

}  // namespace doppel::dataset::pack
