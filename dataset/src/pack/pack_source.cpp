#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/remote.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/pack/pack.h"
#include "format.h"
#include "notes.h"
#include "shard_reader.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

struct PackSource::Shards {
  std::vector<pack::ShardReader> shards;
  Images images = Images::ByPlace;
  bool far = false;  ///< at least one of them
  std::vector<std::size_t> starts{0};
  std::vector<std::string> classes;
  std::mutex naming;
  std::optional<std::vector<std::string>> number_names;  ///< none: nobody has asked
  /// The shard that a sample is in, and its number there.
  std::pair<const pack::ShardReader&, std::size_t> place(std::size_t index) const {
    const auto after = std::ranges::upper_bound(starts, index);
    const auto k = static_cast<std::size_t>(after - starts.begin()) - 1;
    return {shards[k], index - starts[k]};
  }
  std::pair<const pack::ShardReader&, const pack::Record&> at(std::size_t index) const {
    const auto [shard, number] = place(index);
    return {shard, shard.records()[number]};
  }
};

namespace {

/// Of a server that doesn't say what a folder holds: the first shard knows how many there are.
std::vector<fs::path> unlisted_shards(const fs::path& pack) {
  const std::uint32_t count = pack::ShardReader(pack / PackSource::kFirstShard).header().shards;
  constexpr std::uint32_t kMost = 100'000;
  if (count > kMost)
    throw Error(
        fmt::format("{}: a pack of {} shards, of a server that doesn't list them", pack.string(), count));
  std::vector<fs::path> files;
  for (std::uint32_t k = 0; k < count; ++k) files.push_back(pack / fmt::format("{:05}.tar", k));
  return files;
}

std::vector<fs::path> shards_in(const fs::path& pack) {
  if (is_remote(pack.native()) && !is_folder(pack) && !is_file(pack)) return unlisted_shards(pack);
  if (!is_folder(pack)) return {pack};
  std::vector<fs::path> files;
  for (const FolderEntry& entry : list_folder(pack))
    if (entry.path.extension() == ".tar") files.push_back(entry.path);
  std::ranges::sort(files);
  return files;
}

/// An image in a shard.
class PackedFile final : public TiledFile {
 public:
  PackedFile(const pack::ShardReader& shard, const pack::Record& record, JpegTileTable tiles)
      : shard_(shard), record_(record), tiles_(std::move(tiles)) {}
  const JpegTileTable& tiles() const override { return tiles_; }
  std::size_t size() const override { return record_.size; }
  void read(std::span<const FilePart> parts, std::span<unsigned char> file) const override {
    shard_.read(record_, parts, file);
  }
  void fetch(std::span<const FilePart> parts) const override { shard_.fetch(record_, parts); }

 private:
  const pack::ShardReader& shard_;
  pack::Record record_;
  JpegTileTable tiles_;
};

/// What a record and its note say. Returns what the note promises.
pack::Promised read_targets(const pack::ShardReader& shard, const pack::Record& record,
                            augment::Sample& sample) {
  sample.label = record.label;
  return record.note == pack::kNone ? pack::Promised() : pack::read_note(shard.string(record.note), sample);
}

augment::FloatMap map_of(pack::PromisedMap promised, const std::vector<unsigned char>& file,
                         const pack::Record& record) {
  augment::FloatMap map = std::move(promised.map);
  // No index is believed to be of more than an image has.
  const auto pixels = static_cast<long>(std::min<std::uint64_t>(
      std::uint64_t{record.height} * record.width, static_cast<std::uint64_t>(DecodeOptions().max_pixels)));
  try {
    map.values = pack::read_map_file(file, promised.unit, pixels);
  } catch (const Error& error) { throw Error(fmt::format("the map '{}': {}", map.name, error.what())); }
  check_map(map, {static_cast<int>(record.height), static_cast<int>(record.width)});
  return map;
}

}  // namespace

bool PackSource::is_pack(const fs::path& pack) {
  const std::vector<fs::path> files = shards_in(pack);
  return !files.empty() && pack::ShardReader::is_shard(files[0]);
}

PackSource::PackSource(const fs::path& pack, Images images) : shards_(std::make_unique<Shards>()) {
  shards_->images = images;
  const std::vector<fs::path> files = shards_in(pack);
  if (files.empty()) throw Error(fmt::format("{} holds no shards", pack.string()));
  for (const fs::path& file : files) {
    shards_->shards.emplace_back(file);
    shards_->far = shards_->far || images == Images::ByParts || shards_->shards.back().is_far();
    shards_->starts.push_back(shards_->starts.back() + shards_->shards.back().size());
  }
  const std::uint32_t promised = shards_->shards[0].header().shards;
  if (is_folder(pack) && promised != files.size())
    throw Error(fmt::format("{} holds {} shards of {}: packing wasn't finished, or some are missing",
                            pack.string(), files.size(), promised));
  try {
    shards_->classes = nlohmann::json::parse(shards_->shards[0].string(0)).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw Error(fmt::format("{}: its classes can't be read", files[0].string()));
  }
}

PackSource::~PackSource() = default;

std::size_t PackSource::size() const { return shards_->starts.back(); }
const std::vector<std::string>& PackSource::classes() const { return shards_->classes; }

int PackSource::label(std::size_t index) const {
  try {
    return shards_->at(index).second.label;
  } catch (const Error&) { return -1; }  // of a damaged shard, which read() reports
}

std::vector<augment::LabelShare> PackSource::label_shares(std::size_t index) const {
  try {
    const auto [shard, record] = shards_->at(index);
    return record.note == pack::kNone ? std::vector<augment::LabelShare>()
                                      : pack::shares_in(shard.string(record.note));
  } catch (const Error&) { return {}; }  // as above
}

std::vector<int> PackSource::object_labels(std::size_t index) const {
  try {
    const auto [shard, record] = shards_->at(index);
    return record.note == pack::kNone ? std::vector<int>()
                                      : pack::object_labels_in(shard.string(record.note));
  } catch (const Error&) { return {}; }  // as above
}

std::vector<std::string> PackSource::number_names() const {
  const std::lock_guard lock(shards_->naming);
  if (shards_->number_names) return *shards_->number_names;
  shards_->number_names.emplace();
  // All samples have the same, or none.
  constexpr std::size_t kLooked = 256;
  for (std::size_t i = 0; i < std::min(kLooked, size()) && shards_->number_names->empty(); ++i)
    for (const auto& [name, value] : named_numbers(i)) shards_->number_names->push_back(name);
  return *shards_->number_names;
}

std::vector<double> PackSource::numbers(std::size_t index) const {
  std::vector<double> all;
  for (const auto& [name, value] : named_numbers(index)) all.push_back(value);
  return all;
}

std::vector<double> PackSource::range() const {
  if (size() == 0) return {};
  try {
    const auto [shard, record] = shards_->at(0);
    return record.note == pack::kNone ? std::vector<double>() : pack::range_in(shard.string(record.note));
  } catch (const Error&) { return {}; }  // as above
}

std::vector<std::pair<std::string, double>> PackSource::named_numbers(std::size_t index) const {
  try {
    const auto [shard, record] = shards_->at(index);
    return record.note == pack::kNone ? std::vector<std::pair<std::string, double>>()
                                      : pack::numbers_in(shard.string(record.note));
  } catch (const Error&) { return {}; }  // as above
}

std::string PackSource::name(std::size_t index) const {
  const auto [shard, number] = shards_->place(index);
  try {
    return fmt::format("{}:{}", shard.path().string(), shard.string(shard.records()[number].name));
  } catch (const Error&) { return fmt::format("{}:sample {}", shard.path().string(), number); }
}

Item PackSource::read(std::size_t index) const {
  const auto [shard, record] = shards_->at(index);
  Item item;
  item.encoded = shard.bytes(record);
  pack::Promised promised = read_targets(shard, record, item.sample);
  const auto files = shard.companions(record, promised.files);
  const std::size_t masks = files.size() - promised.maps.size();
  for (std::size_t k = 0; k < masks; ++k) item.sample.masks.push_back(decode_mask(files[k]));
  for (std::size_t k = 0; k < promised.maps.size(); ++k)
    item.sample.maps.push_back(map_of(std::move(promised.maps[k]), files[masks + k], record));
  return item;
}

void PackSource::prepare(std::size_t index) const {
  const auto [shard, number] = shards_->place(index);
  if (!shard.is_far()) return shard.fetch(number);
  const pack::Record& record = shard.records()[number];
  augment::Sample sample;
  shard.fetch(record, read_targets(shard, record, sample).files);
}

bool PackSource::is_far() const { return shards_->far; }

std::optional<UnreadItem> PackSource::unread(std::size_t index) const {
  if (!shards_->far) return std::nullopt;
  const auto [shard, record] = shards_->at(index);
  if (shards_->images == Images::ByPlace && !shard.is_far()) return std::nullopt;
  UnreadItem item{.bytes = record.size, .file = nullptr, .sample = {}};
  const pack::Promised promised = read_targets(shard, record, item.sample);
  for (const pack::PromisedFile& file : promised.files) item.bytes += file.size;
  if (!promised.files.empty()) return item;
  std::optional<JpegTileTable> tiles = shard.tiles(record);
  if (!tiles) return item;
  item.file = std::make_unique<PackedFile>(shard, record, std::move(*tiles));
  return item;
}

void PackSource::verify(std::size_t index) const {
  const auto [shard, record] = shards_->at(index);
  try {
    const auto [of, number] = shards_->place(index);
    of.verify_frame(number);
    const std::vector<unsigned char> bytes = shard.bytes(record);
    const std::optional<JpegTileTable> tiles = shard.tiles(record);
    if (tiles && tiles != JpegTileTable::find(bytes))
      throw Error("its table of tiles isn't that of its image");
    const augment::Sample sample = load(*this, index);
    if (augment::size_of(sample.image) !=
        Size{static_cast<int>(record.height), static_cast<int>(record.width)})
      throw Error("its image has another size than the index says");
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", name(index), error.what())); }
}

}  // namespace doppel::dataset
