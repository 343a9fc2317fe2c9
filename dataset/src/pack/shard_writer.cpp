#include "shard_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "doppel/base/new_file.h"
#include "notes.h"
#include "tar_header.h"
#include "tile_tables.h"

namespace doppel::dataset::pack {
namespace {

std::span<const unsigned char> bytes_of_text(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace

std::uint32_t crc_of(const void* data, std::size_t size) {
  return crc32_of({static_cast<const unsigned char*>(data), size});
}

ShardWriter::ShardWriter(std::filesystem::path path, std::uint32_t shard)
    : path_(std::move(path)), beside_(path_.string() + fmt::format(".{}.tmp", ::getpid())), shard_(shard) {
  fd_ = open_new_file(beside_);
  if (fd_ < 0) throw Error(fmt::format("can't write {}: {}", path_.string(), std::strerror(errno)));
}

// By the other constructor it's made: where the header finds no room the destructor removes it.
ShardWriter::ShardWriter(std::filesystem::path path, std::uint32_t shard, const std::string& classes)
    : ShardWriter(std::move(path), shard) {
  string(classes);
  // Room for the header, which is known at the end.
  const Header empty;
  member(std::string(kHeaderName), {reinterpret_cast<const unsigned char*>(&empty), sizeof empty});
}

ShardWriter::~ShardWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(beside_.c_str());
}

void ShardWriter::write(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  at_ += size;
  while (size > 0) {
    const ssize_t written = ::write(fd_, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Error(fmt::format("can't write {}: {}", path_.string(), std::strerror(errno)));
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

/// Returns where the content begins.
std::uint64_t ShardWriter::member(const std::string& name, std::span<const unsigned char> content) {
  const auto header = tar_header(name, content.size());
  write(header.data(), header.size());
  const std::uint64_t begin = at_;
  write(content.data(), content.size());
  constexpr std::array<char, kTarBlock> kZeros{};
  if (content.size() % kTarBlock != 0) write(kZeros.data(), kTarBlock - content.size() % kTarBlock);
  return begin;
}

std::uint32_t ShardWriter::string(const std::string& text) {
  const auto at = static_cast<std::uint32_t>(strings_.size());
  if (strings_.size() + text.size() + 1 > 0xfffffffeU)
    throw Error(fmt::format("{}: too many names for a shard", path_.string()));
  strings_ += text;
  strings_ += '\0';
  return at;
}

void ShardWriter::add(const std::string& key, std::string_view extension,
                      std::span<const unsigned char> image, Record record, const std::string& name,
                      const std::string& label, const std::string& note, std::span<const Companion> files,
                      const std::optional<JpegTileTable>& tiles) {
  record.at = member(fmt::format("{}.{}", key, extension), image);
  record.size = static_cast<std::uint32_t>(image.size());
  record.crc = crc_of(image.data(), image.size());
  record.name = string(name);
  record.tiles = tiles ? tile_table(*tiles) : kNone;
  // Right behind the image: that is how they're found.
  for (const Companion& file : files) member(fmt::format("{}.{}", key, file.suffix), file.bytes);
  if (!label.empty()) member(key + ".cls", bytes_of_text(label));
  if (!note.empty()) {
    record.note = string(note);
    version_ = std::max(version_, version_of(note));
    member(key + ".json", bytes_of_text(note));
  }
  records_.push_back(record);
}

/// Where it begins; none, where there's no more room: the image is read whole then.
std::uint32_t ShardWriter::tile_table(const JpegTileTable& table) {
  const std::string text = written(table);
  if (text.size() >= kNone - tiles_.size()) return kNone;
  const auto at = static_cast<std::uint32_t>(tiles_.size());
  tiles_ += text;
  version_ = kTiledVersion;
  return at;
}

std::vector<unsigned char> ShardWriter::index(const TilesPlace& tiles) const {
  std::vector<unsigned char> bytes;
  const auto add = [&](const void* data, std::size_t size) {
    const auto* from = static_cast<const unsigned char*>(data);
    bytes.insert(bytes.end(), from, from + size);
  };
  const IndexHeader facts{version_, static_cast<std::uint32_t>(records_.size()), strings_.size()};
  add(&facts, sizeof facts);
  if (version_ >= kTiledVersion) add(&tiles, sizeof tiles);
  for (Record record : records_) {
    if (version_ < kTiledVersion) record.tiles = 0;
    add(&record, sizeof record);
  }
  add(strings_.data(), strings_.size());
  return bytes;
}

std::uint64_t ShardWriter::finish(std::uint32_t shards, std::span<const unsigned char> facts) {
  TilesPlace tiles;
  if (!tiles_.empty())
    tiles = {.at = member(std::string(kTilesName), bytes_of_text(tiles_)),
             .size = tiles_.size(),
             .crc = crc_of(tiles_.data(), tiles_.size())};
  if (!facts.empty()) member(std::string(kFactsName), facts);
  const std::vector<unsigned char> index = this->index(tiles);
  Header header;
  header.version = version_;
  header.samples = static_cast<std::uint32_t>(records_.size());
  header.index_at = member(std::string(kIndexName), index);
  header.index_bytes = index.size();
  header.index_crc = crc_of(index.data(), index.size());
  header.shard = shard_;
  header.shards = shards;
  header.header_crc = crc_of(&header, offsetof(Header, header_crc));
  constexpr std::array<char, 2 * kTarBlock> kEnd{};
  write(kEnd.data(), kEnd.size());
  if (::pwrite(fd_, &header, sizeof header, kTarBlock) != static_cast<ssize_t>(sizeof header) ||
      ::fsync(fd_) != 0 || ::rename(beside_.c_str(), path_.c_str()) != 0)
    throw Error(fmt::format("can't write {}: {}", path_.string(), std::strerror(errno)));
  ::close(fd_);
  fd_ = -1;
  return at_;
}

}  // namespace doppel::dataset::pack
