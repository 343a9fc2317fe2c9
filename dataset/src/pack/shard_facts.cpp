#include "shard_facts.h"

#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/base/random_file.h"
#include "format.h"
#include "tar_header.h"

namespace doppel::dataset::pack {
namespace {

/// The last bytes of the member.
struct FactsEnd {
  std::array<char, 8> magic{'D', 'O', 'P', 'L', 'F', 'A', 'C', 'T'};
  std::uint64_t digest = 0;
  std::uint32_t size = 0;  ///< of the findings' bytes, with which the member begins
  std::uint32_t crc = 0;   ///< of all of the member's bytes before it
};
static_assert(sizeof(FactsEnd) == 24);

std::uint64_t with_number(std::uint64_t number, std::uint64_t hash) {
  return fnv1a(std::string_view(reinterpret_cast<const char*>(&number), sizeof number), hash);
}

std::uint64_t with_image(const cv::Mat& image, std::uint64_t hash) {
  hash = with_number(static_cast<std::uint64_t>(image.type()), hash);
  hash = with_number(static_cast<std::uint64_t>(image.cols), hash);
  for (int y = 0; y < image.rows; ++y)
    hash = fnv1a(
        std::string_view(image.ptr<char>(y), static_cast<std::size_t>(image.cols) * image.elemSize()), hash);
  return hash;
}

}  // namespace

std::uint64_t digest_of(const Item& item, const NoteFacts& facts) {
  const augment::Sample& sample = item.sample;
  const auto& file = item.encoded;
  std::uint64_t hash = fnv1a(std::string_view(reinterpret_cast<const char*>(file.data()), file.size()));
  hash = with_number(file.size(), hash);
  if (file.empty()) hash = with_image(sample.image, hash);
  for (const cv::Mat& mask : sample.masks) hash = with_image(mask, hash);
  for (const augment::FloatMap& map : sample.maps) {
    hash = fnv1a(map.name, with_number(static_cast<std::uint64_t>(map.kind), hash));
    hash = with_image(map.values, hash);
    hash = with_number(static_cast<std::uint64_t>(map.filter), hash);
    hash = with_number(std::bit_cast<std::uint32_t>(map.fill), hash);
    hash = with_number(map.colors ? 1 : 0, hash);
  }
  augment::Sample said = sample;  // what a note says without files
  said.masks.clear();
  said.maps.clear();
  said.instance_mask = -1;
  hash = with_number(static_cast<std::uint64_t>(sample.instance_mask), hash);
  hash = with_number(static_cast<std::uint64_t>(sample.label), hash);
  return fnv1a(note_of(said, {}, 1, 1, facts), hash);
}

std::uint64_t digest_of_unreadable() { return fnv1a("unreadable"); }

std::vector<unsigned char> bytes_of(const ShardFacts& facts) {
  const std::string text = text_of({facts.findings});
  FactsEnd end{.digest = facts.digest, .size = static_cast<std::uint32_t>(text.size())};
  std::vector<unsigned char> bytes((text.size() + sizeof end + kTarBlock - 1) / kTarBlock * kTarBlock);
  std::memcpy(bytes.data(), text.data(), text.size());
  std::memcpy(bytes.data() + bytes.size() - sizeof end, &end, sizeof end);
  end.crc = crc_of(bytes.data(), bytes.size() - sizeof end.crc);
  std::memcpy(bytes.data() + bytes.size() - sizeof end.crc, &end.crc, sizeof end.crc);
  return bytes;
}

bool is_whole(std::span<const unsigned char> bytes) {
  std::uint32_t crc = 0;
  if (bytes.size() < sizeof(FactsEnd)) return false;
  std::memcpy(&crc, bytes.data() + bytes.size() - sizeof crc, sizeof crc);
  return crc_of(bytes.data(), bytes.size() - sizeof crc) == crc;
}

std::optional<ShardFacts> facts_of(const std::filesystem::path& shard, std::uint64_t index_at) {
  try {
    const RandomFile file(shard);
    FactsEnd end;
    if (index_at < kTarBlock + sizeof end || index_at > file.size()) return {};
    const std::uint64_t ends = index_at - kTarBlock;  // before the index' own tar header
    file.read(ends - sizeof end, {reinterpret_cast<unsigned char*>(&end), sizeof end});
    const std::uint64_t whole =
        (std::uint64_t{end.size} + sizeof end + kTarBlock - 1) / kTarBlock * kTarBlock;
    if (end.magic != FactsEnd().magic || whole > ends) return {};
    std::vector<unsigned char> bytes(static_cast<std::size_t>(whole));
    file.read(ends - whole, bytes);
    if (!is_whole(bytes)) return {};
    std::vector<ShardFindings> findings =
        findings_of(std::string(bytes.begin(), bytes.begin() + std::ptrdiff_t{end.size}));
    if (findings.size() != 1) return {};
    return ShardFacts{end.digest, std::move(findings[0])};
  } catch (const Error&) { return {}; }
}

}  // namespace doppel::dataset::pack
