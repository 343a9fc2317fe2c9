#include "doppel/dataset/analysis/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "doppel/base/error.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/order/sampler.h"

namespace doppel::dataset {
namespace {

/// Sample indices by class, each class in shuffled order.
std::map<int, std::vector<std::size_t>> by_class(const Source& source, std::uint64_t seed) {
  std::map<int, std::vector<std::size_t>> classes;
  const Shuffle shuffle(source.size(), seed, 0);
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto index = static_cast<std::size_t>(shuffle(i));
    classes[source.label(index)].push_back(index);
  }
  return classes;
}

}  // namespace

Split stratified_split(const SourcePtr& source, double share, std::uint64_t seed) {
  if (!(share > 0 && share < 1))
    throw UsageError(fmt::format("a split's share must lie between 0 and 1, not at {}", share));
  std::vector<std::size_t> train, rest;
  for (const auto& [label, indices] : by_class(*source, seed)) {
    const auto n = static_cast<std::ptrdiff_t>(indices.size());
    const auto taken =
        n < 2 ? 0 : std::clamp<std::ptrdiff_t>(std::lround(share * static_cast<double>(n)), 1, n - 1);
    rest.insert(rest.end(), indices.begin(), indices.begin() + taken);
    train.insert(train.end(), indices.begin() + taken, indices.end());
  }
  std::ranges::sort(train);
  std::ranges::sort(rest);
  return {std::make_shared<Subset>(source, std::move(train)),
          std::make_shared<Subset>(source, std::move(rest))};
}

std::vector<Split> k_fold(const SourcePtr& source, std::size_t k, std::uint64_t seed) {
  if (k < 2 || k > source->size())
    throw UsageError(
        fmt::format("{} samples can't be cut into {} folds (2 to {})", source->size(), k, source->size()));
  // Classes follow each other, so that small ones don't all go to the first fold.
  std::vector<std::size_t> fold_of(source->size());
  std::size_t next = 0;
  for (const auto& [label, indices] : by_class(*source, seed))
    for (const std::size_t index : indices) fold_of[index] = next++ % k;
  std::vector<Split> splits;
  for (std::size_t fold = 0; fold < k; ++fold) {
    std::vector<std::size_t> train, rest;
    for (std::size_t i = 0; i < fold_of.size(); ++i) (fold_of[i] == fold ? rest : train).push_back(i);
    splits.push_back({std::make_shared<Subset>(source, std::move(train)),
                      std::make_shared<Subset>(source, std::move(rest))});
  }
  return splits;
}

SourcePtr per_class(const SourcePtr& source, std::size_t n, std::uint64_t seed) {
  std::vector<std::size_t> chosen;
  for (const auto& [label, indices] : by_class(*source, seed))
    chosen.insert(chosen.end(), indices.begin(),
                  indices.begin() + static_cast<std::ptrdiff_t>(std::min(n, indices.size())));
  std::ranges::sort(chosen);
  return std::make_shared<Subset>(source, std::move(chosen));
}

}  // namespace doppel::dataset
