#include "shard_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "doppel/base/error.h"

namespace doppel::dataset::pack {
namespace {

constexpr std::uint64_t kHeaderAt = 512;  // after its tar header

template <class T>
std::span<unsigned char> bytes_of(T& value) {
  return {reinterpret_cast<unsigned char*>(&value), sizeof value};
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
  if (header_.version < kPlainVersion || header_.version > kVersion)
    fail(fmt::format("written in version {} of the format; this program reads {} to {}", header_.version,
                     kPlainVersion, kVersion));
  if (crc_of(&header_, offsetof(Header, header_crc)) != header_.header_crc) fail("its header is damaged");
  if (header_.index_at > file_.size() || header_.index_bytes > file_.size() - header_.index_at ||
      header_.index_bytes < sizeof(IndexHeader))
    fail("its index lies beyond the end: truncated");
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

/// All of it, for its checksum; the records are kept, the strings are read again where one is wanted.
void ShardReader::read_index(Index& index) const {
  std::vector<unsigned char> bytes(static_cast<std::size_t>(header_.index_bytes));
  file_.read(header_.index_at, bytes);
  if (crc_of(bytes.data(), bytes.size()) != header_.index_crc) fail("its index is damaged");
  IndexHeader facts;
  std::memcpy(&facts, bytes.data(), sizeof facts);
  const std::uint64_t records = std::uint64_t{facts.records} * sizeof(Record);
  if (sizeof facts + records + facts.strings != bytes.size() || facts.records != header_.samples)
    fail("its index contradicts itself");
  std::vector<Record> list(facts.records);
  if (!list.empty()) std::memcpy(list.data(), bytes.data() + sizeof facts, static_cast<std::size_t>(records));
  for (const Record& record : list)
    if (record.at > file_.size() || record.size > file_.size() - record.at)
      fail("its index points beyond the end");
  index.records = std::move(list);
  index.strings_at = header_.index_at + sizeof facts + records;
  index.strings_end = index.strings_at + facts.strings;
}

const std::vector<Record>& ShardReader::records() const { return index().records; }

std::string ShardReader::string(std::uint32_t at) const {
  const Index& facts = index();
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
  return bytes;
}

void ShardReader::fetch(std::size_t number) const {
  const std::vector<Record>& all = records();
  const Record& record = all[number];
  const std::uint64_t end = number + 1 < all.size() ? all[number + 1].at : header_.index_at;
  file_.fetch(record.at, end > record.at ? end - record.at : record.size);
}

std::vector<std::vector<unsigned char>> ShardReader::companions(
    const Record& record, std::span<const PromisedFile> promised) const {
  std::vector<std::vector<unsigned char>> files;
  constexpr std::uint64_t kBlock = 512;
  std::uint64_t end = record.at + record.size;
  for (const PromisedFile& file : promised) {
    // Content fills whole blocks; one more is the next member's header.
    const std::uint64_t at = (end + kBlock - 1) / kBlock * kBlock + kBlock;
    if (at > file_.size() || file.size > file_.size() - at) fail(file.what + " lies beyond the end");
    files.emplace_back(static_cast<std::size_t>(file.size));
    file_.read(at, files.back());
    if (crc_of(files.back().data(), files.back().size()) != file.crc)
      fail(file.what + " has changed (CRC-32)");
    end = at + file.size;
  }
  return files;
}

}  // namespace doppel::dataset::pack
