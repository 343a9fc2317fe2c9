#include "doppel/dataset/combine/concat.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "doppel/base/error.h"
#include "renumber.h"

namespace doppel::dataset {

Concat::Concat(std::vector<SourcePtr> sources) : sources_(std::move(sources)) {
  if (sources_.empty()) throw UsageError("there are no sources to join");
  for (const SourcePtr& source : sources_) {
    starts_.push_back(starts_.back() + source->size());
    if (source->number_names() != sources_[0]->number_names())
      throw UsageError("sources that are joined need the same numbers to learn");
    numbers_.emplace_back();
    for (const std::string& name : source->classes()) {
      const auto found = std::ranges::find(classes_, name);
      numbers_.back().push_back(static_cast<int>(found - classes_.begin()));
      if (found == classes_.end()) classes_.push_back(name);
    }
  }
}
std::pair<std::size_t, std::size_t> Concat::place(std::size_t index) const {
  const auto after = std::ranges::upper_bound(starts_, index);
  const auto source = static_cast<std::size_t>(after - starts_.begin()) - 1;
  return {source, index - starts_[source]};
}
int Concat::translated(std::size_t source, int label) const { return renumbered(numbers_[source], label); }
Item Concat::read_from(std::size_t source, std::size_t index) const {
  Item item = sources_[source]->read(index);
  renumber(numbers_[source], item.sample);
  return item;
}
Item Concat::read(std::size_t index) const {
  const auto [source, at] = place(index);
  return read_from(source, at);
}
void Concat::prepare(std::size_t index) const {
  const auto [source, at] = place(index);
  sources_[source]->prepare(at);
}
bool Concat::is_far() const {
  return std::ranges::any_of(sources_, [](const SourcePtr& source) { return source->is_far(); });
}
std::optional<UnreadItem> Concat::unread_from(std::size_t source, std::size_t index) const {
  std::optional<UnreadItem> item = sources_[source]->unread(index);
  if (item) renumber(numbers_[source], item->sample);
  return item;
}
std::optional<UnreadItem> Concat::unread(std::size_t index) const {
  const auto [source, at] = place(index);
  return unread_from(source, at);
}
std::string Concat::name(std::size_t index) const {
  const auto [source, at] = place(index);
  return sources_[source]->name(at);
}
int Concat::label(std::size_t index) const {
  const auto [source, at] = place(index);
  return translated(source, sources_[source]->label(at));
}
std::vector<augment::LabelShare> Concat::label_shares(std::size_t index) const {
  const auto [source, at] = place(index);
  return shares_from(source, at);
}
std::vector<int> Concat::object_labels(std::size_t index) const {
  const auto [source, at] = place(index);
  return objects_from(source, at);
}
std::vector<double> Concat::numbers(std::size_t index) const {
  const auto [source, at] = place(index);
  return sources_[source]->numbers(at);
}
std::vector<augment::LabelShare> Concat::shares_from(std::size_t source, std::size_t index) const {
  return renumbered(numbers_[source], sources_[source]->label_shares(index));
}
std::vector<int> Concat::objects_from(std::size_t source, std::size_t index) const {
  return renumbered(numbers_[source], sources_[source]->object_labels(index));
}

std::vector<Remark> Concat::remarks() const {
  Remarks all;
  for (const SourcePtr& source : sources_) all.add(source->remarks());
  return all.list();
}

}  // namespace doppel::dataset
