// Data some of whose classes are rare, and what is done about it.
#pragma once

#include <cstdint>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::nn {

/// Half of so many classes, rounded down: those that are rare in a study of imbalance, others for each seed.
/// In rising order.
std::vector<int> rare_classes(int classes, std::uint64_t seed);

/// `each` images of each class, as dataset::per_class() takes them, and of rare_classes() one in `factor` of
/// that, at least 1.
dataset::SourcePtr imbalanced(const dataset::SourcePtr& source, std::size_t each, int factor,
                              std::uint64_t seed);

/// Every class as often as the largest: the images of smaller ones come again in turn. A class without images
/// stays without.
dataset::SourcePtr oversampled(const dataset::SourcePtr& source);

/// Every class as large as the largest, by images of `more`, which has the same classes: those of each class
/// in turn, again where they are fewer. A class of which it has none stays as it is.
dataset::SourcePtr topped_up(const dataset::SourcePtr& source, const dataset::SourcePtr& more);

}  // namespace doppel::nn
