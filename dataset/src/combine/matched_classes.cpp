#include "doppel/dataset/combine/matched_classes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

#include "doppel/base/error.h"
#include "renumber.h"

namespace doppel::dataset {

MatchedClasses::MatchedClasses(SourcePtr source, std::vector<std::string> names)
    : source_(std::move(source)), names_(std::move(names)) {
  std::unordered_map<std::string_view, int> number;
  for (std::size_t k = 0; k < names_.size(); ++k) number.emplace(names_[k], static_cast<int>(k));
  std::vector<std::string> unknown;
  for (const std::string& name : source_->classes()) {
    const auto found = number.find(name);
    if (found == number.end()) unknown.push_back(name);
    numbers_.push_back(found == number.end() ? -1 : found->second);
  }
  constexpr std::size_t kShown = 5;
  if (unknown.empty()) return;
  const bool more = unknown.size() > kShown;
  unknown.resize(std::min(kShown, unknown.size()));
  throw Error(fmt::format("it has classes that the others don't have: {}{}", fmt::join(unknown, ", "),
                          more ? ", …" : ""));
}

Item MatchedClasses::read(std::size_t index) const {
  Item item = source_->read(index);
  renumber(numbers_, item.sample);
  return item;
}

std::optional<UnreadItem> MatchedClasses::unread(std::size_t index) const {
  std::optional<UnreadItem> item = source_->unread(index);
  if (item) renumber(numbers_, item->sample);
  return item;
}

int MatchedClasses::label(std::size_t index) const { return renumbered(numbers_, source_->label(index)); }

std::vector<augment::LabelShare> MatchedClasses::label_shares(std::size_t index) const {
  return renumbered(numbers_, source_->label_shares(index));
}

std::vector<int> MatchedClasses::object_labels(std::size_t index) const {
  return renumbered(numbers_, source_->object_labels(index));
}

SourcePtr matched(SourcePtr source, const std::vector<std::string>& names) {
  if (source->classes() == names) return source;
  return std::make_shared<MatchedClasses>(std::move(source), names);
}

}  // namespace doppel::dataset
