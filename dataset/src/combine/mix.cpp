#include "doppel/dataset/combine/mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// Samples after which the pattern of sources repeats.
constexpr std::size_t kPeriod = 1000;

/// Whole numbers that sum to kPeriod, by largest remainders.
std::vector<std::size_t> quotas(std::span<const double> weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::size_t> quota, order(weights.size());
  std::size_t given = 0;
  for (const double w : weights) {
    quota.push_back(static_cast<std::size_t>(w / total * kPeriod));
    given += quota.back();
  }
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t k) {
    return weights[k] / total * kPeriod - static_cast<double>(quota[k]);
  });
  for (std::size_t i = 0; given < kPeriod; i = (i + 1) % order.size()) {
    if (weights[order[i]] <= 0) continue;
    ++quota[order[i]];
    ++given;
  }
  return quota;
}

}  // namespace

Mix::Mix(std::vector<SourcePtr> sources, std::span<const double> weights, std::size_t size)
    : all_(std::move(sources)), size_(size == 0 ? all_.size() : size) {
  if (weights.size() != all_.sources().size())
    throw UsageError(fmt::format("{} weights for {} sources", weights.size(), all_.sources().size()));
  double total = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (!(weights[k] >= 0) || !std::isfinite(weights[k]))
      throw UsageError("a source's weight must be 0 or more");
    if (weights[k] > 0 && all_.sources()[k]->size() == 0)
      throw UsageError(fmt::format("source {} is empty, but has the weight {}", k, weights[k]));
    total += weights[k];
  }
  if (!(total > 0)) throw UsageError("the sources' weights sum to 0");
  quota_ = quotas(weights);
  std::vector<std::size_t> used(quota_.size());
  for (std::size_t i = 0; i < kPeriod; ++i) {
    // Who is furthest behind its share comes next.
    std::size_t next = 0;
    double worst = -1e9;
    for (std::size_t k = 0; k < quota_.size(); ++k) {
      const double behind = static_cast<double>(quota_[k]) * static_cast<double>(i + 1) / kPeriod -
                            static_cast<double>(used[k]);
      if (quota_[k] > 0 && behind > worst) worst = behind, next = k;
    }
    pattern_.push_back(next);
    rank_.push_back(used[next]++);
  }
  quota_ = used;
}
std::pair<std::size_t, std::size_t> Mix::place(std::size_t index) const {
  const std::size_t turn = index % kPeriod, source = pattern_[turn];
  const std::size_t n = index / kPeriod * quota_[source] + rank_[turn];
  return {source, n % all_.sources()[source]->size()};
}
std::size_t Mix::source_of(std::size_t index) const { return pattern_[index % kPeriod]; }
Item Mix::read(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.read_from(source, at);
}
void Mix::prepare(std::size_t index) const {
  const auto [source, at] = place(index);
  all_.sources()[source]->prepare(at);
}
bool Mix::is_far() const { return all_.is_far(); }
std::optional<UnreadItem> Mix::unread(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.unread_from(source, at);
}
std::string Mix::name(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.sources()[source]->name(at);
}
int Mix::label(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.translated(source, all_.sources()[source]->label(at));
}
std::vector<augment::LabelShare> Mix::label_shares(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.shares_from(source, at);
}
std::vector<int> Mix::object_labels(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.objects_from(source, at);
}
std::vector<double> Mix::numbers(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.sources()[source]->numbers(at);
}

}  // namespace doppel::dataset
