#include "doppel/dataset/sources/tar_shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "doppel/base/error.h"
#include "shard_builder.h"
#include "shard_index.h"

namespace doppel::dataset {
namespace {

/// Numbers that shards skip: train-000.tar, train-002.tar.
void remark_gaps(const std::vector<std::filesystem::path>& shards, Remarks& remarks) {
  constexpr std::size_t kLongest = 9;
  std::map<std::pair<std::string, std::size_t>, std::set<std::uint32_t>> numbers;  // by text and digits
  for (const std::filesystem::path& shard : shards) {
    const std::string stem = shard.stem().string();
    const std::size_t text = stem.find_last_not_of("0123456789") + 1, digits = stem.size() - text;
    if (digits > 0 && digits <= kLongest)
      numbers[{stem.substr(0, text), digits}].insert(
          static_cast<std::uint32_t>(std::stoul(stem.substr(text))));
  }
  for (const auto& [name, there] : numbers) {
    const std::size_t span = *there.rbegin() - *there.begin() + 1;
    if (span > 2 * there.size()) continue;  // dates, or the like
    for (std::uint32_t k = *there.begin(); k < *there.rbegin(); ++k)
      if (!there.contains(k))
        remarks.add("shards between others that aren't there",
                    fmt::format("{}{:0{}}.tar", name.first, k, name.second));
  }
}

}  // namespace

TarShards::TarShards(const std::vector<std::filesystem::path>& shards, const OnProgress& progress,
                     const std::vector<std::string>& classes,
                     const std::map<std::string, std::string>& columns)
    : index_(std::make_unique<ShardIndex>(classes, columns)) {
  ShardVocabulary vocabulary;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (progress) progress(i, shards.size());
    ShardBuilder(*index_, vocabulary, shards[i]).build();
  }
  remark_gaps(shards, index_->remarks());
  if (index_->size() == 0) {
    std::string found;
    for (const Remark& remark : remarks()) found += (found.empty() ? "; there are " : ", ") + remark.text();
    throw Error(fmt::format(
        "{}{}: no images (.jpg, .png, .webp …){}", shards.empty() ? "no shards" : shards[0].string(),
        shards.size() > 1 ? fmt::format(" and {} others", shards.size() - 1) : "", found));
  }
  index_->finish(vocabulary.keys());
}

TarShards::~TarShards() = default;

std::size_t TarShards::size() const { return index_->size(); }
int TarShards::label(std::size_t index) const { return index_->label(index); }
std::vector<augment::LabelShare> TarShards::label_shares(std::size_t index) const {
  return index_->label_shares(index);
}
std::vector<int> TarShards::object_labels(std::size_t index) const { return index_->object_labels(index); }
const std::vector<std::string>& TarShards::classes() const { return index_->classes(); }
std::string TarShards::name(std::size_t index) const { return index_->name(index); }
void TarShards::prepare(std::size_t index) const { index_->prepare(index); }
bool TarShards::is_far() const { return index_->is_far(); }
std::optional<UnreadItem> TarShards::unread(std::size_t index) const {
  return unread_bytes(is_far(), index_->bytes(index));
}
Item TarShards::read(std::size_t index) const { return index_->read(index); }
std::vector<std::string> TarShards::number_names() const { return index_->values().number_names(); }
std::vector<double> TarShards::numbers(std::size_t index) const { return index_->values().numbers(index); }
std::vector<Remark> TarShards::remarks() const { return index_->remarks().list(); }

namespace {

constexpr std::size_t kMostFiles = 1'000'000;

/// What stands between a pair of braces: a list, or a range whose numbers are as wide as its first.
std::vector<std::string> alternatives(std::string_view inside) {
  std::vector<std::string> all;
  if (inside.find(',') != inside.npos) {
    for (std::size_t at = 0; at <= inside.size();) {
      const std::size_t end = std::min(inside.find(',', at), inside.size());
      all.emplace_back(inside.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }
  const std::size_t dots = inside.find("..");
  std::uint32_t first = 0, last = 0;
  const auto whole = [](std::string_view text, std::uint32_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (dots == inside.npos || !whole(inside.substr(0, dots), first) || !whole(inside.substr(dots + 2), last) ||
      last < first || last - first >= kMostFiles)
    throw UsageError(fmt::format("'{{{}}}' should be a range as {{000..031}}, or a list as {{a,b}}", inside));
  for (std::uint32_t k = first; k <= last; ++k) all.push_back(fmt::format("{:0{}}", k, dots));
  return all;
}

}  // namespace

std::vector<std::filesystem::path> expand_braces(const std::string& pattern) {
  std::vector<std::string> heads{""};
  std::size_t at = 0;
  while (true) {
    const std::size_t open = pattern.find('{', at), close = pattern.find('}', open);
    if (open == pattern.npos || close == pattern.npos) break;
    const std::vector<std::string> choices =
        alternatives(std::string_view(pattern).substr(open + 1, close - open - 1));
    if (heads.size() * choices.size() > kMostFiles)
      throw UsageError(fmt::format("'{}' names more than a million files", pattern));
    std::vector<std::string> longer;
    for (const std::string& head : heads)
      for (const std::string& choice : choices)
        longer.push_back(head + pattern.substr(at, open - at) + choice);
    heads = std::move(longer);
    at = close + 1;
  }
  std::vector<std::filesystem::path> paths;
  for (const std::string& head : heads) paths.emplace_back(head + pattern.substr(at));
  return paths;
}

}  // namespace doppel::dataset
