// Splits that keep the classes' shares.
#pragma once

#include <cstdint>
#include <utility>

#include "doppel/dataset/sources.h"

namespace doppel::dataset {

struct Split {
  SourcePtr train, rest;
};

/// Gives about `share` of every class to `rest` (at least one sample of each class that has two), the same
/// for the same seed. Throws UsageError where the share isn't between 0 and 1.
Split stratified_split(const SourcePtr& source, double share, std::uint64_t seed);

/// The first `n` samples of every class, in a shuffled order.
SourcePtr per_class(const SourcePtr& source, std::size_t n, std::uint64_t seed);

}  // namespace doppel::dataset
