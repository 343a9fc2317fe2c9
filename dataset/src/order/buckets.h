// Batches of images of a like aspect.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Which samples go to which of some sizes, and which batch comes when. Four bytes a sample; the order is a
/// keyed permutation of the batches, and one of each size's samples.
class Buckets {
 public:
  /// Reads every image's header. Samples that can't be read go where square images do, and fail when they
  /// are loaded.
  Buckets(const Source& source, std::span<const Size> sizes, std::size_t batch, bool drops_short);
  std::uint64_t steps() const { return steps_; }
  /// One step's batch: `count` of its size's samples, from the `first` of that size's order on.
  struct Place {
    std::size_t size = 0;  ///< which of the sizes
    std::uint64_t first = 0, count = 0;
  };
  Place place(std::uint64_t step, bool shuffled, std::uint64_t seed, std::uint64_t epoch) const;
  std::size_t sample(const Place& place, std::uint64_t row, bool shuffled, std::uint64_t seed,
                     std::uint64_t epoch) const;

 private:
  std::size_t batch_;
  std::uint64_t steps_ = 0;
  std::vector<std::vector<std::uint32_t>> members_;  ///< by size
  std::vector<std::uint64_t> starts_{0};             ///< of each size's batches
};

}  // namespace doppel::dataset
