#include "doppel/nn/study/imbalance.h"

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/order/sampler.h"

namespace doppel::nn {
namespace {

/// The places of each class's samples.
std::vector<std::vector<std::size_t>> places_by_class(const dataset::Source& source) {
  std::vector<std::vector<std::size_t>> places(source.classes().size());
  for (std::size_t i = 0; i < source.size(); ++i)
    if (const int label = source.label(i); label >= 0) places[static_cast<std::size_t>(label)].push_back(i);
  return places;
}

std::size_t largest(const std::vector<std::vector<std::size_t>>& places) {
  std::size_t most = 0;
  for (const auto& of_class : places) most = std::max(most, of_class.size());
  return most;
}

}  // namespace

std::vector<int> rare_classes(int classes, std::uint64_t seed) {
  const dataset::Shuffle shuffle(static_cast<std::uint64_t>(classes), seed, 0);
  std::vector<int> rare;
  for (int k = 0; k < classes / 2; ++k)
    rare.push_back(static_cast<int>(shuffle(static_cast<std::uint64_t>(k))));
  std::ranges::sort(rare);
  return rare;
}

dataset::SourcePtr imbalanced(const dataset::SourcePtr& source, std::size_t each, int factor,
                              std::uint64_t seed) {
  const dataset::SourcePtr even = dataset::per_class(source, each, seed);
  const std::vector<int> rare = rare_classes(static_cast<int>(source->classes().size()), seed);
  const auto places = places_by_class(*even);
  std::vector<std::size_t> kept;
  for (std::size_t c = 0; c < places.size(); ++c) {
    const bool is_rare = std::ranges::binary_search(rare, static_cast<int>(c));
    const std::size_t count =
        is_rare ? std::max<std::size_t>(1, each / static_cast<std::size_t>(factor)) : each;
    kept.insert(kept.end(), places[c].begin(),
                places[c].begin() + static_cast<std::ptrdiff_t>(std::min(count, places[c].size())));
  }
  std::ranges::sort(kept);
  return std::make_shared<dataset::Subset>(even, std::move(kept));
}

dataset::SourcePtr oversampled(const dataset::SourcePtr& source) { return topped_up(source, source); }

dataset::SourcePtr topped_up(const dataset::SourcePtr& source, const dataset::SourcePtr& more) {
  if (more->classes() != source->classes())
    throw UsageError("classes are topped up by images of the same ones");
  const auto own = places_by_class(*source), others = places_by_class(*more);
  const std::size_t most = largest(own);
  std::vector<std::size_t> added;
  for (std::size_t c = 0; c < own.size(); ++c)
    for (std::size_t k = own[c].size(); k < most && !others[c].empty(); ++k)
      added.push_back(others[c][k % others[c].size()]);
  return std::make_shared<dataset::Concat>(
      std::vector<dataset::SourcePtr>{source, std::make_shared<dataset::Subset>(more, std::move(added))});
}

}  // namespace doppel::nn
