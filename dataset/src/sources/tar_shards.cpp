#include "doppel/dataset/sources/tar_shards.h"

#include <fmt/format.h>

#include <charconv>

#include "doppel/base/error.h"
#include "shard_builder.h"
#include "shard_index.h"

namespace doppel::dataset {

TarShards::TarShards(const std::vector<std::filesystem::path>& shards, const OnProgress& progress)
    : index_(std::make_unique<ShardIndex>()) {
  ShardVocabulary vocabulary;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (progress) progress(i, shards.size());
    ShardBuilder(*index_, vocabulary, shards[i]).build();
  }
  vocabulary.remark_keys(index_->remarks());
  if (index_->size() == 0) {
    std::string found;
    for (const Remark& remark : remarks()) found += (found.empty() ? "; there are " : ", ") + remark.text();
    throw Error(fmt::format(
        "{}{}: no images (.jpg, .png, .webp …){}", shards.empty() ? "no shards" : shards[0].string(),
        shards.size() > 1 ? fmt::format(" and {} others", shards.size() - 1) : "", found));
  }
  index_->finish();
}

TarShards::~TarShards() = default;

std::size_t TarShards::size() const { return index_->size(); }
int TarShards::label(std::size_t index) const { return index_->label(index); }
std::vector<augment::LabelShare> TarShards::label_shares(std::size_t index) const {
  return index_->label_shares(index);
}
const std::vector<std::string>& TarShards::classes() const { return index_->classes(); }
std::string TarShards::name(std::size_t index) const { return index_->name(index); }
Item TarShards::read(std::size_t index) const { return index_->read(index); }
std::vector<Remark> TarShards::remarks() const { return index_->remarks().list(); }

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
