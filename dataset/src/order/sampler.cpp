#include "doppel/dataset/order/sampler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>

#include "doppel/base/error.h"
#include "doppel/base/random.h"

namespace doppel::dataset {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): each bit of the result depends on each bit of the
/// input.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

Shuffle::Shuffle(std::uint64_t n, std::uint64_t seed, std::uint64_t epoch)
    : n_(n), half_bits_((std::bit_width(n > 1 ? n - 1 : 1) + 1) / 2) {
  const Stream stream{.seed = seed, .epoch = epoch};
  for (std::size_t r = 0; r < keys_.size(); ++r) keys_[r] = stream.split("shuffle", r).bits("key");
}

std::uint64_t Shuffle::operator()(std::uint64_t position) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = position >> half_bits_, right = position & mask;
    for (const std::uint64_t key : keys_) {
      const std::uint64_t next = left ^ (mix(right + key) & mask);
      left = right;
      right = next;
    }
    position = (left << half_bits_) | right;
  } while (position >= n_);
  return position;
}

Weighted::Weighted(std::span<const double> weights) : keep_(weights.size(), 1.0), other_(weights.size()) {
  double total = 0;
  for (const double w : weights) {
    if (!(w >= 0) || !std::isfinite(w)) throw UsageError("a sample's weight must be 0 or more");
    total += w;
  }
  if (!(total > 0)) throw UsageError("the samples' weights sum to 0");
  std::iota(other_.begin(), other_.end(), std::size_t{0});
  std::vector<double> share;
  std::vector<std::size_t> poor, rich;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    share.push_back(weights[i] / total * static_cast<double>(weights.size()));
    (share[i] < 1 ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const std::size_t p = poor.back(), r = rich.back();
    poor.pop_back();
    keep_[p] = share[p];
    other_[p] = r;
    share[r] -= 1 - share[p];
    if (share[r] >= 1) continue;
    rich.pop_back();
    poor.push_back(r);
  }
}

std::size_t Weighted::operator()(std::uint64_t position, std::uint64_t seed, std::uint64_t epoch) const {
  const Stream stream = Stream{.seed = seed, .epoch = epoch}.split("weighted", position);
  const auto column = static_cast<std::size_t>(stream.bits("column") % keep_.size());
  return stream.uniform("keep") < keep_[column] ? column : other_[column];
}

Balanced::Balanced(const Source& source) {
  std::map<int, std::vector<std::size_t>> found;
  for (std::size_t i = 0; i < source.size(); ++i)
    if (source.label(i) >= 0) found[source.label(i)].push_back(i);
  for (auto& [label, samples] : found) classes_.push_back(std::move(samples));
  if (classes_.empty()) throw UsageError("no sample has a class, so classes can't be balanced");
}

std::size_t Balanced::operator()(std::uint64_t position, std::uint64_t seed, std::uint64_t epoch) const {
  const std::uint64_t k = classes_.size(), round = position / k;
  const Stream stream{.seed = seed, .epoch = epoch};
  const auto turn =
      static_cast<std::size_t>(Shuffle(k, stream.split("turn", round).bits("key"), 0)(position % k));
  const auto& samples = classes_[turn];
  const std::uint64_t pass = round / samples.size();
  const std::uint64_t key = stream.split("class", turn).split("pass", pass).bits("key");
  return samples[static_cast<std::size_t>(Shuffle(samples.size(), key, 0)(round % samples.size()))];
}

}  // namespace doppel::dataset
