#include "shard_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "doppel/augment/error.h"

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
  const auto fail = [&](const std::string& why) { throw Error(fmt::format("{}: {}", path.string(), why)); };
  if (!read_header(file_, header_)) fail("not a shard of a doppel pack");
  if (header_.version != kVersion)
    fail(
        fmt::format("written in version {} of the format; this program reads {}", header_.version, kVersion));
  if (crc_of(&header_, offsetof(Header, header_crc)) != header_.header_crc) fail("its header is damaged");
  if (header_.index_at > file_.size() || header_.index_bytes > file_.size() - header_.index_at ||
      header_.index_bytes < sizeof(IndexHeader))
    fail("its index lies beyond the end: truncated");
  std::vector<unsigned char> index(static_cast<std::size_t>(header_.index_bytes));
  file_.read(header_.index_at, index);
  if (crc_of(index.data(), index.size()) != header_.index_crc) fail("its index is damaged");
  IndexHeader facts;
  std::memcpy(&facts, index.data(), sizeof facts);
  const std::uint64_t records = std::uint64_t{facts.records} * sizeof(Record);
  if (sizeof facts + records + facts.strings != index.size() || facts.records != header_.samples)
    fail("its index contradicts itself");
  records_.resize(facts.records);
  if (!records_.empty())
    std::memcpy(records_.data(), index.data() + sizeof facts, static_cast<std::size_t>(records));
  strings_.assign(reinterpret_cast<const char*>(index.data()) + sizeof facts + records,
                  static_cast<std::size_t>(facts.strings));
  for (const Record& record : records_)
    if (record.at > file_.size() || record.size > file_.size() - record.at)
      fail("its index points beyond the end");
}

std::string ShardReader::string(std::uint32_t at) const {
  if (at >= strings_.size()) throw Error(fmt::format("{}: a name that isn't there", path().string()));
  return strings_.substr(at, strings_.find('\0', at) - at);
}

std::vector<unsigned char> ShardReader::bytes(const Record& record) const {
  std::vector<unsigned char> bytes(record.size);
  file_.read(record.at, bytes);
  return bytes;
}

cv::Mat ShardReader::pixels(const Record& record) const {
  const int channels = record.codec == Codec::Pgm ? 1 : 3;
  const std::uint64_t size =
      std::uint64_t{record.width} * record.height * static_cast<std::uint64_t>(channels);
  if (size > record.size) throw Error(fmt::format("{}: pixels that aren't all there", path().string()));
  cv::Mat image(static_cast<int>(record.height), static_cast<int>(record.width), CV_8UC(channels));
  file_.read(record.at + record.size - size, {image.data, static_cast<std::size_t>(size)});
  return image;
}

}  // namespace doppel::dataset::pack
