#include "doppel/dataset/sources/mds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "class_words.h"
#include "doppel/base/byte_reader.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "manifest_roles.h"
#include "mds_index.h"
#include "record_values.h"
#include "text.h"
#include "unpacked_blocks.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kHeldMdsFiles = 256;
constexpr std::uint64_t kMostUnpacked = std::uint64_t{1} << 28;  ///< bytes of unpacked shards in memory

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}
bool holds_image(const MdsColumn& column) {
  return is_one_of(column.encoding, {"jpeg", "png", "pil", "bytes"});
}
bool holds_class(const MdsColumn& column) {
  return is_one_of(column.encoding, {"int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
                                     "uint64", "float32", "float64", "str", "str_int"});
}

/// Which columns are read.
struct MdsCast {
  std::size_t image = 0;
  std::optional<std::size_t> label;
};

std::optional<std::size_t> mds_column(const std::vector<MdsColumn>& columns, std::string_view name,
                                      bool (*fits)(const MdsColumn&)) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (lower(columns[i].name) == name && fits(columns[i])) return i;
  return {};
}

MdsCast mds_cast(const std::vector<MdsColumn>& columns, const std::map<std::string, std::string>& given,
                 const RecordValues& values) {
  const auto find = [&](const char* ours, bool (*fits)(const MdsColumn&),
                        std::initializer_list<std::string_view> names) {
    std::optional<std::size_t> found;
    if (const auto own = given.find(ours); own != given.end()) {
      found = mds_column(columns, lower(trimmed(own->second)), fits);
      if (!found) throw Error(fmt::format("no column '{}' that could be its {}", own->second, ours));
    }
    for (const std::string_view name : names)
      if (!found && !values.is_given(name)) found = mds_column(columns, name, fits);
    return found;
  };
  auto image = find("path", holds_image, {"image", "img", "picture", "photo", "x", "jpg", "jpeg", "png"});
  const auto is_file = [](const MdsColumn& column) {
    return holds_image(column) && column.encoding != "bytes";
  };
  if (!image)
    if (const auto found = std::ranges::find_if(columns, is_file); found != columns.end())
      image = static_cast<std::size_t>(found - columns.begin());
  if (!image) {
    std::vector<std::string> all;
    for (const MdsColumn& column : columns)
      all.push_back(fmt::format("{} ({})", column.name, column.encoding));
    throw Error(fmt::format(
        "no column holds images as jpeg, png, pil or bytes; pickles are never executed; its columns are {}",
        fmt::join(all, ", ")));
  }
  return {*image, find("label", holds_class,
                       {"label", "class", "target", "category", "class_name", "label_name", "cls", "y"})};
}

using MdsBytes = std::span<const unsigned char>;
using MdsValue = decltype(augment::NamedValue::value);

template <class T>
MdsValue mds_number(MdsBytes bytes) {
  const T value = ByteReader(bytes).little<T>();
  if constexpr (std::floating_point<T>) return static_cast<double>(value);
  // What 64 bits with a sign can't hold is as near as a double is.
  else if (std::in_range<std::int64_t>(value))
    return static_cast<std::int64_t>(value);
  else
    return static_cast<double>(value);
}

/// A number or a text; nothing for bytes that are no text.
std::optional<MdsValue> mds_value(const MdsColumn& column, MdsBytes bytes) {
  static const std::map<std::string_view, MdsValue (*)(MdsBytes)> kNumbers{
      {"int", mds_number<std::int64_t>},     {"int64", mds_number<std::int64_t>},
      {"uint64", mds_number<std::uint64_t>}, {"int32", mds_number<std::int32_t>},
      {"uint32", mds_number<std::uint32_t>}, {"int16", mds_number<std::int16_t>},
      {"uint16", mds_number<std::uint16_t>}, {"int8", mds_number<std::int8_t>},
      {"uint8", mds_number<std::uint8_t>},   {"float32", mds_number<float>},
      {"float64", mds_number<double>}};
  if (const auto number = kNumbers.find(column.encoding); number != kNumbers.end())
    return number->second(bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (column.encoding == "str_int")
    if (const auto whole = whole_number(text)) return *whole;
  if (!is_field_text(text)) return {};
  return std::string(text);
}

int mds_class(const MdsColumn& column, MdsBytes bytes, ClassWords& words, Remarks& remarks) {
  const auto value = mds_value(column, bytes);
  if (!value) throw Error("a label that is no text");
  if (const auto* whole = std::get_if<std::int64_t>(&*value)) return words.of(*whole, remarks);
  if (const auto* text = std::get_if<std::string>(&*value)) return words.of(trimmed(*text), remarks);
  const double real = std::get<double>(*value);
  if (std::isnan(real)) return -1;
  if (std::floor(real) != real || std::abs(real) > 1e15)
    throw Error(fmt::format("the label {}, and numbers with fractions are no classes", real));
  return words.of(static_cast<std::int64_t>(real), remarks);
}

/// PIL's pixels: width, height, the length of the mode, the mode, rows.
cv::Mat pil_image(std::span<const unsigned char> bytes) {
  ByteReader in(bytes);
  const auto width = in.little<std::uint32_t>(), height = in.little<std::uint32_t>();
  const std::string_view mode = in.text(in.little<std::uint32_t>());
  const unsigned channels = mode == "L" ? 1 : mode == "RGB" ? 3 : mode == "RGBA" ? 4 : 0;
  if (channels == 0) throw Error(fmt::format("an image of PIL's mode '{}'; L, RGB and RGBA are read", mode));
  constexpr std::uint64_t kMostPixels = 1 << 28;
  const std::uint64_t pixels = std::uint64_t{width} * height;
  if (pixels == 0 || pixels > kMostPixels || pixels * channels != in.left())
    throw Error(fmt::format("an image of {}x{} (width x height) in {} bytes", width, height, in.left()));
  const auto rows = in.take(in.left());
  return cv::Mat(static_cast<int>(height), static_cast<int>(width), CV_8UC(static_cast<int>(channels)),
                 const_cast<unsigned char*>(rows.data()))
      .clone();
}

}  // namespace

struct MdsShards::Index {
  struct Shard {
    MdsShardFacts facts;
    RandomFile file;
    std::size_t first = 0;  ///< sample
    bool is_pil = false;
  };
  struct Entry {
    std::uint32_t at = 0, size = 0;  ///< of the image in the shard
    int label = -1;
  };
  explicit Index(const std::map<std::string, std::string>& columns) : values(columns) {}

  std::vector<Shard> shards;
  std::vector<Entry> entries;
  ClassWords words;
  RecordValues values;
  Remarks remarks;
  mutable std::mutex unpacking;  ///< one shard at a time, which others wait for
  std::unique_ptr<UnpackedBlocks> unpacked_shards = std::make_unique<UnpackedBlocks>(kMostUnpacked);

  const Shard& shard_of(std::size_t sample) const {
    return *(std::ranges::upper_bound(shards, sample, {}, &Shard::first) - 1);
  }
  void read(const Shard& shard, std::uint64_t at, std::span<unsigned char> into) const {
    if (shard.facts.packing == Packing::None) return shard.file.read(at, into);
    if (at > shard.facts.bytes || into.size() > shard.facts.bytes - at) throw Error("ends early");
    const auto number = static_cast<std::uint64_t>(&shard - shards.data());
    if (unpacked_shards->read(number, at, into)) return;
    const std::lock_guard lock(unpacking);
    if (unpacked_shards->read(number, at, into)) return;
    auto body = std::make_shared<const UnpackedBlocks::Bytes>(
        unpacked(shard.facts.packing, read_file(shard.facts.file), shard.facts.bytes));
    std::copy_n(body->begin() + static_cast<std::ptrdiff_t>(at), into.size(), into.begin());
    unpacked_shards->keep(number, std::move(body));
  }
};

class MdsShards::Builder {
 public:
  Builder(Index& index, const MdsOptions& options) : index_(index), options_(options) {}

  void take(MdsShardFacts facts) {
    const auto hold =
        index_.shards.size() < kHeldMdsFiles ? RandomFile::Hold::Open : RandomFile::Hold::PerRead;
    RandomFile file(facts.file, hold);
    if (file.size() != facts.file_bytes)
      throw Error(fmt::format("it has {} bytes, index.json says {}", file.size(), facts.file_bytes));
    if (!index_.shards.empty() && facts.columns != index_.shards[0].facts.columns)
      throw Error(
          fmt::format("its columns are others than those of {}", index_.shards[0].facts.file.string()));
    const MdsCast cast = mds_cast(facts.columns, options_.columns, index_.values);
    for (std::size_t i = 0; i < facts.columns.size(); ++i)
      if (i != cast.image && i != cast.label && !index_.values.is_given(facts.columns[i].name))
        unused_.insert(facts.columns[i].name);
    labels_ = labels_ || cast.label;
    packed_ += facts.packing != Packing::None;
    index_.shards.push_back({std::move(facts), std::move(file), index_.entries.size(), false});
    Index::Shard& shard = index_.shards.back();
    shard.is_pil = shard.facts.columns[cast.image].encoding == "pil";
    take_samples(shard, cast);
  }

  void finish() {
    const std::vector<std::string> unused(unused_.begin(), unused_.end());
    if (const auto like = names_like_labels(unused);
        !labels_ && !like.empty() && !options_.ignore_labels && !index_.values.has_targets())
      throw Error(fmt::format(
          "no column of labels is read, but {} {} like labels: --columns label=NAME names the one that "
          "is; --ignore reads the images alone",
          fmt::join(like, ", "), like.size() == 1 ? "looks" : "look"));
    std::set<std::string> all;
    for (const auto& column : index_.shards.front().facts.columns) all.insert(column.name);
    index_.values.finish("column", unused_, index_.remarks, all);
    if (packed_ > 0)
      index_.remarks.say(
          "its shards are packed: each is unpacked once and kept in TMPDIR (or else /var/tmp) while it has "
          "room; doppel pack, or shards without compression, need none");
    if (index_.entries.empty()) throw Error("no samples");
    std::vector<bool> used(index_.words.size(), true);
    const std::vector<int> number_of = index_.words.finish(used, index_.remarks);
    for (Index::Entry& entry : index_.entries)
      if (entry.label >= 0) entry.label = number_of[static_cast<std::size_t>(entry.label)];
  }

 private:
  void take_samples(const Index::Shard& shard, const MdsCast& cast) {
    const MdsShardFacts& facts = shard.facts;
    std::vector<unsigned char> table((std::size_t{facts.samples} + 2) * 4);
    if (table.size() > facts.bytes) throw Error("it is shorter than its table of samples");
    index_.read(shard, 0, table);
    ByteReader in(table);
    if (const auto samples = in.little<std::uint32_t>(); samples != facts.samples)
      throw Error(fmt::format("it has {} samples, index.json says {}", samples, facts.samples));
    auto begin = in.little<std::uint32_t>();
    for (std::uint32_t i = 0; i < facts.samples; ++i) try {
        const auto end = in.little<std::uint32_t>();
        if (begin < table.size() || end < begin || end > facts.bytes)
          throw Error("it lies beyond the shard's end");
        index_.entries.push_back(entry_at(shard, cast, begin, end));
        begin = end;
      } catch (const Error& error) { throw Error(fmt::format("sample {}: {}", i, error.what())); }
  }

  /// Sizes of the columns that say their own, then each column's bytes.
  Index::Entry entry_at(const Index::Shard& shard, const MdsCast& cast, std::uint32_t begin,
                        std::uint32_t end) {
    const auto& columns = shard.facts.columns;
    const auto own = static_cast<std::size_t>(
        std::ranges::count_if(columns, [](const MdsColumn& one) { return !one.size; }));
    std::vector<unsigned char> sizes(own * 4);
    if (sizes.size() > end - begin) throw Error("it is shorter than its columns' sizes");
    index_.read(shard, begin, sizes);
    ByteReader in(sizes);
    std::uint64_t at = begin + sizes.size();
    Index::Entry entry;
    std::vector<augment::NamedValue> said;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::uint64_t size = columns[i].size ? *columns[i].size : in.little<std::uint32_t>();
      if (size > end - at)
        throw Error(fmt::format("the column {} lies beyond the sample's end", columns[i].name));
      if (i == cast.image)
        entry.at = static_cast<std::uint32_t>(at), entry.size = static_cast<std::uint32_t>(size);
      constexpr std::uint64_t kMostOfClass = 1 << 16;
      if (i == cast.label && size > kMostOfClass) throw Error(fmt::format("{} bytes for a class", size));
      if (i == cast.label || (i != cast.image && holds_class(columns[i]) && size <= kLongestField)) {
        std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
        index_.read(shard, at, bytes);
        if (i == cast.label)
          entry.label = mds_class(columns[i], bytes, index_.words, index_.remarks);
        else if (auto value = mds_value(columns[i], bytes))
          said.push_back({columns[i].name, std::move(*value)});
      }
      at += size;
    }
    index_.values.take(std::move(said));
    return entry;
  }

  Index& index_;
  const MdsOptions& options_;
  std::set<std::string> unused_;
  bool labels_ = false;
  std::size_t packed_ = 0;
};

MdsShards::MdsShards(const std::filesystem::path& folder, const OnProgress& progress,
                     const MdsOptions& options)
    : index_(std::make_unique<Index>(options.columns)) {
  std::vector<MdsShardFacts> shards = read_mds_index(folder);
  Builder builder(*index_, options);
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const std::string file = shards[i].file.string();
    try {
      builder.take(std::move(shards[i]));
    } catch (const Error& error) {
      const std::string what = error.what();
      throw Error(what.find(file) != what.npos ? what : fmt::format("{}: {}", file, what));
    }
    if (progress) progress(i + 1, shards.size());
  }
  try {
    builder.finish();
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", folder.string(), error.what())); }
}

MdsShards::~MdsShards() = default;

bool MdsShards::is_mds(const std::filesystem::path& folder) {
  constexpr std::size_t kHead = 1 << 12;
  const std::vector<unsigned char> bytes = read_head(folder / "index.json", kHead);
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return head.find("\"shards\"") != head.npos || head.find("\"column_encodings\"") != head.npos;
}

std::size_t MdsShards::size() const { return index_->entries.size(); }
int MdsShards::label(std::size_t index) const { return index_->entries[index].label; }
const std::vector<std::string>& MdsShards::classes() const { return index_->words.names(); }
std::vector<std::string> MdsShards::number_names() const { return index_->values.number_names(); }
std::vector<double> MdsShards::numbers(std::size_t index) const { return index_->values.numbers(index); }
std::vector<Remark> MdsShards::remarks() const { return index_->remarks.list(); }

std::string MdsShards::name(std::size_t index) const {
  const Index::Shard& shard = index_->shard_of(index);
  return fmt::format("{}:{}", shard.facts.file.string(), index - shard.first);
}

void MdsShards::prepare(std::size_t index) const {
  const Index::Shard& shard = index_->shard_of(index);
  const Index::Entry& entry = index_->entries[index];
  if (shard.facts.packing == Packing::None) shard.file.fetch(entry.at, entry.size);
}

bool MdsShards::is_far() const { return size() > 0 && index_->shard_of(0).file.is_far(); }

std::optional<UnreadItem> MdsShards::unread(std::size_t index) const {
  return unread_bytes(is_far(), index_->entries[index].size);
}

Item MdsShards::read(std::size_t index) const {
  const Index::Shard& shard = index_->shard_of(index);
  const Index::Entry& entry = index_->entries[index];
  Item item;
  item.encoded.resize(entry.size);
  index_->read(shard, entry.at, item.encoded);
  item.sample.label = entry.label;
  index_->values.annotate(index, item.sample);
  if (item.encoded.empty()) throw Error("no bytes of an image");
  if (shard.is_pil) {
    item.sample.image = pil_image(item.encoded);
    item.encoded.clear();
  }
  return item;
}

}  // namespace doppel::dataset
