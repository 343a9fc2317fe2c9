#include "shard_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "notes.h"
#include "tar_header.h"

namespace doppel::dataset::pack {
std::uint32_t crc_of(const void* data, std::size_t size) {
  return crc32_of({static_cast<const unsigned char*>(data), size});
}

ShardWriter::ShardWriter(std::filesystem::path path, std::uint32_t shard, const std::string& classes)
    : path_(std::move(path)), beside_(path_.string() + fmt::format(".{}.tmp", ::getpid())), shard_(shard) {
  fd_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) throw Error(fmt::format("can't write {}: {}", path_.string(), std::strerror(errno)));
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
                      const std::string& label, const std::string& note, std::span<const Companion> files) {
  const auto bytes_of = [](const std::string& text) {
    return std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size());
  };
  record.at = member(fmt::format("{}.{}", key, extension), image);
  record.size = static_cast<std::uint32_t>(image.size());
  record.crc = crc_of(image.data(), image.size());
  record.name = string(name);
  // Right behind the image: that is how they're found.
  for (const Companion& file : files) member(fmt::format("{}.{}", key, file.suffix), file.bytes);
  if (!label.empty()) member(key + ".cls", bytes_of(label));
  if (!note.empty()) {
    record.note = string(note);
    version_ = std::max(version_, version_of(note));
    member(key + ".json", bytes_of(note));
  }
  records_.push_back(record);
}

std::uint64_t ShardWriter::finish(std::uint32_t shards) {
  const IndexHeader facts{version_, static_cast<std::uint32_t>(records_.size()), strings_.size()};
  std::vector<unsigned char> index(sizeof facts + records_.size() * sizeof(Record) + strings_.size());
  std::memcpy(index.data(), &facts, sizeof facts);
  if (!records_.empty())
    std::memcpy(index.data() + sizeof facts, records_.data(), records_.size() * sizeof(Record));
  std::memcpy(index.data() + sizeof facts + records_.size() * sizeof(Record), strings_.data(),
              strings_.size());
  Header header;
  header.version = version_;
  header.samples = facts.records;
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
