#include "doppel/dataset/sources/tar_shards.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "doppel/base/error.h"
#include "tar.h"

namespace doppel::dataset {
namespace {

/// A name's part up to the first dot of its last component, and the rest.
std::pair<std::string_view, std::string_view> key_and_kind(std::string_view name) {
  const std::size_t slash = name.rfind('/'), dot = name.find('.', slash == name.npos ? 0 : slash + 1);
  if (dot == name.npos) return {name, {}};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

bool is_image_kind(std::string_view kind) {
  return kind == "jpg" || kind == "jpeg" || kind == "png" || kind == "webp" || kind == "JPG" ||
         kind == "JPEG" || kind == "PNG";
}

std::string without_blanks(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\0'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  return text;
}

}  // namespace

struct TarShards::Index {
  struct Entry {
    std::uint32_t shard = 0;
    int label = -1;
    std::uint64_t at = 0;
    std::uint32_t size = 0;
    std::string key;
    std::vector<augment::Box> boxes;
  };
  /// What is known of the sample whose members are being met.
  struct Open {
    Entry entry;
    bool has_image = false;
    std::string label;
    std::vector<std::pair<augment::Box, std::string>> boxes;
  };
  std::vector<RandomFile> shards;
  std::vector<Entry> entries;
  std::vector<std::string> classes, labels;  ///< classes; each entry's label as it is written
  std::vector<std::vector<std::string>> box_labels;

  std::string text(std::size_t shard, const TarMember& member) const {
    if (member.size > (1 << 24))
      throw Error(fmt::format("{}: {} bytes of annotation", member.name, member.size));
    std::string content(static_cast<std::size_t>(member.size), '\0');
    shards[shard].read(member.at,
                       std::span(reinterpret_cast<unsigned char*>(content.data()), content.size()));
    return content;
  }
  void close(Open& open) {
    if (open.has_image) {
      labels.push_back(open.label);
      box_labels.emplace_back();
      for (auto& [box, label] : open.boxes) {
        open.entry.boxes.push_back(box);
        box_labels.back().push_back(label);
      }
      entries.push_back(std::move(open.entry));
    }
    open = {};
  }
  void read_json(Open& open, const std::string& content, const std::string& name);
  void add_shard(const std::filesystem::path& path);
  void number_classes();
};

void TarShards::Index::read_json(Open& open, const std::string& content, const std::string& name) {
  simdjson::dom::parser parser;
  try {
    const simdjson::dom::object object = parser.parse(content);
    const auto text_of = [](const simdjson::dom::element& value) {
      return value.is_string() ? std::string(std::string_view(value)) : std::to_string(std::int64_t(value));
    };
    simdjson::dom::element value;
    if (object["label"].get(value) == simdjson::SUCCESS && !value.is_null()) open.label = text_of(value);
    if (object["boxes"].get(value) != simdjson::SUCCESS) return;
    for (const simdjson::dom::array numbers : simdjson::dom::array(value)) {
      if (numbers.size() != 4 && numbers.size() != 5)
        throw Error("a box is [x0, y0, x1, y1] or [x0, y0, x1, y1, label]");
      augment::Box box{numbers.at(0), numbers.at(1), numbers.at(2), numbers.at(3)};
      open.boxes.emplace_back(box, numbers.size() == 5 ? text_of(numbers.at(4)) : open.label);
    }
  } catch (const std::exception& error) { throw Error(fmt::format("{}: {}", name, error.what())); }
}

void TarShards::Index::add_shard(const std::filesystem::path& path) {
  const std::size_t shard = shards.size();
  shards.emplace_back(path);
  std::unordered_set<std::string> seen;
  Open open;
  for_each_member(shards[shard], [&](const TarMember& member) {
    const auto [key, kind] = key_and_kind(member.name);
    if (key != open.entry.key) {
      close(open);
      if (!seen.insert(std::string(key)).second) throw Error(fmt::format("two samples are called '{}'", key));
      open.entry.key = key;
      open.entry.shard = static_cast<std::uint32_t>(shard);
    }
    if (is_image_kind(kind)) {
      if (member.size > 0xffffffffULL)
        throw Error(fmt::format("{}: an image of {} bytes; at most {} can be read", member.name, member.size,
                                0xffffffffULL));
      if (open.has_image) throw Error(fmt::format("two images are called '{}'", key));
      open.entry.at = member.at;
      open.entry.size = static_cast<std::uint32_t>(member.size);
      open.has_image = true;
    } else if (kind == "cls") {
      open.label = without_blanks(text(shard, member));
    } else if (kind == "json") {
      read_json(open, text(shard, member), member.name);
    }
  });
  close(open);
}

/// Numbers keep their values; names are numbered in order.
void TarShards::Index::number_classes() {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!labels[i].empty()) words.push_back(labels[i]);
    for (const std::string& label : box_labels[i])
      if (!label.empty()) words.push_back(label);
  }
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  const auto value = [](const std::string& word) {
    int number = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc() && end == word.data() + word.size() && number < 1'000'000 ? number : -1;
  };
  const bool numbers = std::ranges::all_of(words, [&](const std::string& word) { return value(word) >= 0; });
  if (numbers) {
    int most = -1;
    for (const std::string& word : words) most = std::max(most, value(word));
    for (int k = 0; k <= most; ++k) classes.push_back(std::to_string(k));
  } else {
    classes = words;
  }
  const auto number_of = [&](const std::string& word) {
    if (word.empty()) return -1;
    return numbers ? value(word)
                   : static_cast<int>(std::ranges::lower_bound(classes, word) - classes.begin());
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].label = number_of(labels[i]);
    for (std::size_t k = 0; k < box_labels[i].size(); ++k)
      entries[i].boxes[k].label = number_of(box_labels[i][k]);
  }
  labels.clear();
  box_labels.clear();
}

TarShards::TarShards(const std::vector<std::filesystem::path>& shards, const OnProgress& progress)
    : index_(std::make_unique<Index>()) {
  for (const auto& path : shards) {
    if (progress) progress(index_->shards.size(), shards.size());
    try {
      index_->add_shard(path);
    } catch (const Error& error) {
      const std::string what = error.what();
      throw Error(what.find(path.string()) == what.npos ? fmt::format("{}: {}", path.string(), what) : what);
    }
  }
  if (index_->entries.empty()) throw Error("the shards hold no images (.jpg, .jpeg, .png, .webp)");
  index_->number_classes();
}

TarShards::~TarShards() = default;

std::size_t TarShards::size() const { return index_->entries.size(); }
int TarShards::label(std::size_t index) const { return index_->entries[index].label; }
const std::vector<std::string>& TarShards::classes() const { return index_->classes; }

std::string TarShards::name(std::size_t index) const {
  const auto& entry = index_->entries[index];
  return fmt::format("{}:{}", index_->shards[entry.shard].path().string(), entry.key);
}

Item TarShards::read(std::size_t index) const {
  const auto& entry = index_->entries[index];
  Item item;
  item.encoded.resize(entry.size);
  index_->shards[entry.shard].read(entry.at, item.encoded);
  if (item.encoded.empty()) throw Error("an empty image");
  item.sample.label = entry.label;
  item.sample.boxes = entry.boxes;
  return item;
}

std::vector<std::filesystem::path> expand_braces(const std::string& pattern) {
  const std::size_t open = pattern.find('{'), close = pattern.find('}', open);
  if (open == pattern.npos || close == pattern.npos) return {pattern};
  const std::string inside = pattern.substr(open + 1, close - open - 1);
  const std::size_t dots = inside.find("..");
  std::uint32_t first = 0, last = 0;
  const auto whole = [&](std::string_view text, std::uint32_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (dots == inside.npos || !whole(std::string_view(inside).substr(0, dots), first) ||
      !whole(std::string_view(inside).substr(dots + 2), last) || last < first || last - first > 1'000'000)
    throw UsageError(fmt::format("'{{{}}}' should be a range as {{000..031}}", inside));
  std::vector<std::filesystem::path> paths;
  for (std::uint32_t k = first; k <= last; ++k)
    paths.emplace_back(
        fmt::format("{}{:0{}}{}", pattern.substr(0, open), k, dots, pattern.substr(close + 1)));
  return paths;
}

}  // namespace doppel::dataset
