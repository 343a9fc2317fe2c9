#include "mds_index.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <limits>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using IndexValue = simdjson::dom::element;

template <class T>
T index_value(IndexValue object, const char* key) {
  T value;
  if (object[key].get(value) != simdjson::SUCCESS)
    throw Error(fmt::format("'{}' isn't there, or is of another kind", key));
  return value;
}

std::uint64_t index_size(IndexValue object, const char* key) {
  return index_value<std::uint64_t>(object, key);
}

Packing mds_packing(std::string_view compression) {
  const std::string_view name = compression.substr(0, compression.find(':'));
  if (name == "zstd") return Packing::Zstd;
  if (name == "gz") return Packing::Gzip;
  if (name == "snappy") return Packing::Snappy;
  throw Error(
      fmt::format("packed by {}, which isn't read; write it with zstd, or without compression", compression));
}

std::vector<MdsColumn> mds_columns(IndexValue shard) {
  std::vector<MdsColumn> columns;
  const auto names = index_value<simdjson::dom::array>(shard, "column_names"),
             encodings = index_value<simdjson::dom::array>(shard, "column_encodings"),
             sizes = index_value<simdjson::dom::array>(shard, "column_sizes");
  if (names.size() != encodings.size() || names.size() != sizes.size())
    throw Error("column_names, column_encodings and column_sizes differ in length");
  auto encoding = encodings.begin();
  auto size = sizes.begin();
  for (const IndexValue name : names) {
    std::string_view name_text, encoding_text;
    MdsColumn column;
    if (name.get(name_text) != simdjson::SUCCESS || (*encoding).get(encoding_text) != simdjson::SUCCESS)
      throw Error("a column's name or encoding is no text");
    column.name = name_text, column.encoding = encoding_text;
    if (!(*size).is_null()) {
      std::uint64_t bytes = 0;
      if ((*size).get(bytes) != simdjson::SUCCESS || bytes > std::numeric_limits<std::uint32_t>::max())
        throw Error("a column's size is no number of bytes");
      column.size = static_cast<std::uint32_t>(bytes);
    }
    columns.push_back(std::move(column));
    ++encoding, ++size;
  }
  return columns;
}

MdsShardFacts mds_shard(const std::filesystem::path& folder, IndexValue shard) {
  MdsShardFacts facts;
  if (const auto format = index_value<std::string_view>(shard, "format"); format != "mds")
    throw Error(fmt::format("it is a shard of the format {}, and only mds is read", format));
  facts.columns = mds_columns(shard);
  const std::uint64_t samples = index_size(shard, "samples");
  const IndexValue raw = index_value<IndexValue>(shard, "raw_data");
  facts.bytes = facts.file_bytes = index_size(raw, "bytes");
  if (facts.bytes > std::numeric_limits<std::uint32_t>::max() || samples > facts.bytes)
    throw Error(fmt::format("{} samples in {} bytes can't be", samples, facts.bytes));
  facts.samples = static_cast<std::uint32_t>(samples);
  facts.file = path_below(folder, index_value<std::string_view>(raw, "basename"));
  IndexValue packed;
  std::error_code ignored;
  if (std::filesystem::exists(facts.file, ignored) || shard["zip_data"].get(packed) != simdjson::SUCCESS ||
      !packed.is_object())
    return facts;
  facts.packing = mds_packing(index_value<std::string_view>(shard, "compression"));
  facts.file = path_below(folder, index_value<std::string_view>(packed, "basename"));
  facts.file_bytes = index_size(packed, "bytes");
  return facts;
}

}  // namespace

std::vector<MdsShardFacts> read_mds_index(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "index.json";
  const std::string text = read_text(file);
  std::vector<MdsShardFacts> shards;
  try {
    simdjson::dom::parser parser;
    IndexValue whole;
    if (const auto error = parser.parse(text).get(whole); error != simdjson::SUCCESS)
      throw Error("it is no JSON, or was cut off");
    for (const IndexValue shard : index_value<simdjson::dom::array>(whole, "shards")) try {
        shards.push_back(mds_shard(folder, shard));
      } catch (const Error& error) { throw Error(fmt::format("shard {}: {}", shards.size(), error.what())); }
    if (shards.empty()) throw Error("no shards");
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
  return shards;
}

}  // namespace doppel::dataset
