#include "doppel/dataset/combinators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/sampler.h"

namespace doppel::dataset {

Subset::Subset(SourcePtr source, std::vector<std::size_t> indices)
    : source_(std::move(source)), indices_(std::move(indices)) {
  for (const std::size_t index : indices_)
    if (index >= source_->size())
      throw UsageError(fmt::format("a subset asks for sample {} of {}", index, source_->size()));
}

Concat::Concat(std::vector<SourcePtr> sources) : sources_(std::move(sources)) {
  if (sources_.empty()) throw UsageError("there are no sources to join");
  for (const SourcePtr& source : sources_) {
    starts_.push_back(starts_.back() + source->size());
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

int Concat::translated(std::size_t source, int label) const {
  const auto& numbers = numbers_[source];
  return label >= 0 && label < static_cast<int>(numbers.size()) ? numbers[static_cast<std::size_t>(label)]
                                                                : label;
}

Item Concat::read_from(std::size_t source, std::size_t index) const {
  Item item = sources_[source]->read(index);
  augment::Sample& sample = item.sample;
  sample.label = translated(source, sample.label);
  for (auto& box : sample.boxes) box.label = translated(source, box.label);
  for (auto& box : sample.rotated_boxes) box.label = translated(source, box.label);
  for (auto& share : sample.label_shares) share.label = translated(source, share.label);
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
std::string Concat::name(std::size_t index) const {
  const auto [source, at] = place(index);
  return sources_[source]->name(at);
}
int Concat::label(std::size_t index) const {
  const auto [source, at] = place(index);
  return translated(source, sources_[source]->label(at));
}

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
  if (weights.size() != all_.sources_.size())
    throw UsageError(fmt::format("{} weights for {} sources", weights.size(), all_.sources_.size()));
  double total = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (!(weights[k] >= 0) || !std::isfinite(weights[k]))
      throw UsageError("a source's weight must be 0 or more");
    if (weights[k] > 0 && all_.sources_[k]->size() == 0)
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
  return {source, n % all_.sources_[source]->size()};
}

std::size_t Mix::source_of(std::size_t index) const { return pattern_[index % kPeriod]; }
Item Mix::read(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.read_from(source, at);
}
void Mix::prepare(std::size_t index) const {
  const auto [source, at] = place(index);
  all_.sources_[source]->prepare(at);
}
std::string Mix::name(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.sources_[source]->name(at);
}
int Mix::label(std::size_t index) const {
  const auto [source, at] = place(index);
  return all_.translated(source, all_.sources_[source]->label(at));
}

Repeat::Repeat(SourcePtr source, std::size_t times) : source_(std::move(source)), times_(times) {
  if (times_ < 1) throw UsageError("a source must be repeated at least once");
}

Cached::Cached(SourcePtr source, std::size_t bytes, Keep keep)
    : source_(std::move(source)), budget_(bytes), keep_(keep), items_(source_->size()) {}

std::size_t Cached::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}
std::size_t Cached::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

void Cached::prepare(std::size_t index) const {
  {
    const std::lock_guard lock(mutex_);
    if (items_[index]) return;
  }
  source_->prepare(index);
}

Item Cached::read(std::size_t index) const {
  std::shared_ptr<const Item> held;
  bool room = false;
  {
    const std::lock_guard lock(mutex_);
    held = items_[index];
    room = bytes_ < budget_;
  }
  if (held) return *held;
  Item item = source_->read(index);
  if (!room) return item;
  if (keep_ == Keep::Decoded && !item.encoded.empty()) {
    item.sample.image = decode_image(item.encoded);
    item.encoded = {};
  }
  std::size_t size =
      item.encoded.size() + item.sample.image.total() * item.sample.image.elemSize() + sizeof(Item);
  for (const cv::Mat& mask : item.sample.masks) size += mask.total() * mask.elemSize();
  const auto kept = std::make_shared<const Item>(std::move(item));
  const std::lock_guard lock(mutex_);
  if (!items_[index] && bytes_ + size <= budget_) {
    items_[index] = kept;
    bytes_ += size;
    ++kept_;
  }
  return *kept;
}

}  // namespace doppel::dataset
