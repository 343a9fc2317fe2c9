// Splits that keep the classes' shares.
#pragma once

#include <cstdint>
#include <utility>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// A source in two parts.
struct Split {
  SourcePtr train;  ///< all samples that aren't in `rest`
  SourcePtr rest;   ///< those kept for testing
};

/// Gives about `share` of every class to `rest` (at least one sample of each class that has two), the same
/// for the same seed. Throws UsageError where the share isn't between 0 and 1.
Split stratified_split(const SourcePtr& source, double share, std::uint64_t seed);

/// `k` splits whose `rest` parts are disjoint and together everything, each with every class' share to within
/// one sample; the same for the same seed. Throws UsageError where k is below 2 or above the number of
/// samples.
std::vector<Split> k_fold(const SourcePtr& source, std::size_t k, std::uint64_t seed);

/// The first `n` samples of every class, in a shuffled order.
SourcePtr per_class(const SourcePtr& source, std::size_t n, std::uint64_t seed);

}  // namespace doppel::dataset
