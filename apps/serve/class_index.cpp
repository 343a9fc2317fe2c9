#include "serve/class_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"

namespace doppel::apps {
namespace {

/// The classes of each sample: of its objects, and its own.
struct SampleClasses {
  std::vector<int> objects;
  std::vector<int> all;  ///< each once, in their order
};

SampleClasses classes_in(const dataset::Source& source, std::size_t index) {
  SampleClasses classes{source.object_labels(index), {}};
  classes.all = classes.objects;
  for (const augment::LabelShare& one : source.label_shares(index))
    if (one.share > 0) classes.all.push_back(one.label);
  classes.all.push_back(source.label(index));
  std::ranges::sort(classes.all);
  const auto [first, last] = std::ranges::unique(classes.all);
  classes.all.erase(first, last);
  return classes;
}

/// Calls each(index, classes) in order; many samples are looked at side by side.
void for_samples(const dataset::Source& source, const auto& each) {
  constexpr std::size_t kAtOnce = 4096;
  std::vector<SampleClasses> some(std::min(kAtOnce, source.size()));
  for (std::size_t first = 0; first < source.size(); first += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, source.size() - first);
    for_all(count, [&](std::size_t i) { some[i] = classes_in(source, first + i); });
    for (std::size_t i = 0; i < count; ++i) each(first + i, some[i]);
  }
}

/// How many images and objects there are of each class.
class ClassCounts {
 public:
  explicit ClassCounts(const std::vector<std::string>& names)
      : names_(names), images_(names.size()), objects_(names.size()) {}
  bool has(int label) const { return label >= 0 && std::cmp_less(label, names_.size()); }
  void add(const SampleClasses& sample) {
    for (const int label : sample.all)
      if (has(label)) ++images_[static_cast<std::size_t>(label)];
    for (const int label : sample.objects)
      if (has(label)) ++objects_[static_cast<std::size_t>(label)];
  }
  nlohmann::json json() const {
    nlohmann::json classes = nlohmann::json::array();
    for (std::size_t c = 0; c < names_.size(); ++c)
      classes.push_back({{"name", names_[c]}, {"images", images_[c]}, {"objects", objects_[c]}});
    return classes;
  }

 private:
  const std::vector<std::string>& names_;
  std::vector<std::size_t> images_, objects_;
};

}  // namespace

std::vector<std::pair<std::string, dataset::SourcePtr>> parts_of(const dataset::OpenedData& input) {
  std::vector<std::pair<std::string, dataset::SourcePtr>> parts;
  for (const auto& [name, source] :
       {std::pair{"train", input.train}, {"valid", input.valid}, {"test", input.test}})
    if (source) parts.emplace_back(name, source);
  return parts;
}

const ClassIndex::Found& ClassIndex::found() const {
  std::call_once(once_, [this] {
    Found found{{}, nlohmann::json::array()};
    std::size_t first = 0;
    for (const dataset::OpenedData& input : images_.inputs()) {
      nlohmann::json parts = nlohmann::json::array();
      for (const auto& [name, source] : parts_of(input)) {
        ClassCounts counts(source->classes());
        const bool is_shown = source == input.train;
        for_samples(*source, [&](std::size_t i, const SampleClasses& sample) {
          counts.add(sample);
          for (const int label : sample.all)
            if (is_shown && counts.has(label))
              found.images[source->classes()[static_cast<std::size_t>(label)]].push_back(first + i);
        });
        parts.push_back(counts.json());
      }
      first += input.train->size();
      found.counts.push_back(std::move(parts));
    }
    found_ = std::move(found);
  });
  return found_;
}

const std::vector<std::size_t>& ClassIndex::of(const std::string& name) const {
  const auto& images = found().images;
  const auto here = images.find(name);
  if (here == images.end()) throw UsageError(fmt::format("there is no image of a class '{}'", name));
  return here->second;
}

nlohmann::json ClassIndex::counts() const { return found().counts; }

}  // namespace doppel::apps
