#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/pack/pack.h"
#include "format.h"
#include "notes.h"
#include "shard_reader.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

struct PackSource::Shards {
  std::vector<pack::ShardReader> shards;
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

std::vector<fs::path> shards_in(const fs::path& pack) {
  if (!is_folder(pack)) return {pack};
  std::vector<fs::path> files;
  for (const FolderEntry& entry : list_folder(pack))
    if (entry.path.extension() == ".tar") files.push_back(entry.path);
  std::ranges::sort(files);
  return files;
}

augment::FloatMap map_of(pack::PromisedMap promised, const std::vector<unsigned char>& file,
                         const pack::Record& record) {
  augment::FloatMap map = std::move(promised.map);
  try {
    map.values = pack::read_map_file(file, promised.unit);
  } catch (const Error& error) { throw Error(fmt::format("the map '{}': {}", map.name, error.what())); }
  check_map(map, {static_cast<int>(record.height), static_cast<int>(record.width)});
  return map;
}

}  // namespace

bool PackSource::is_pack(const fs::path& pack) {
  const std::vector<fs::path> files = shards_in(pack);
  return !files.empty() && pack::ShardReader::is_shard(files[0]);
}

PackSource::PackSource(const fs::path& pack) : shards_(std::make_unique<Shards>()) {
  const std::vector<fs::path> files = shards_in(pack);
  if (files.empty()) throw Error(fmt::format("{} holds no shards", pack.string()));
  for (const fs::path& file : files) {
    shards_->shards.emplace_back(file);
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
  item.sample.label = record.label;
  if (record.note == pack::kNone) return item;
  pack::Promised promised = pack::read_note(shard.string(record.note), item.sample);
  const auto files = shard.companions(record, promised.files);
  const std::size_t masks = files.size() - promised.maps.size();
  for (std::size_t k = 0; k < masks; ++k) item.sample.masks.push_back(decode_mask(files[k]));
  for (std::size_t k = 0; k < promised.maps.size(); ++k)
    item.sample.maps.push_back(map_of(std::move(promised.maps[k]), files[masks + k], record));
  return item;
}

void PackSource::prepare(std::size_t index) const {
  const auto [shard, number] = shards_->place(index);
  shard.fetch(number);
}

void PackSource::verify(std::size_t index) const {
  const auto [shard, record] = shards_->at(index);
  try {
    const std::vector<unsigned char> bytes = shard.bytes(record);
    if (pack::crc_of(bytes.data(), bytes.size()) != record.crc)
      throw Error("its bytes have changed (CRC-32)");
    const augment::Sample sample = load(*this, index);
    if (augment::size_of(sample.image) !=
        Size{static_cast<int>(record.height), static_cast<int>(record.width)})
      throw Error("its image has another size than the index says");
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", name(index), error.what())); }
}

}  // namespace doppel::dataset
