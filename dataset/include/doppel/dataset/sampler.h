// The order of an epoch, as a pure function: O(1) memory, any position at any time.
#pragma once

#include <array>
#include <cstdint>

namespace doppel::dataset {

/// A keyed permutation of 0 … n - 1: a Feistel network of 8 rounds over the next even number of bits, walked
/// along its cycle until it lands below n. Different for each (seed, epoch); (0, 1) is unlike (1, 0).
class Shuffle {
 public:
  Shuffle(std::uint64_t n, std::uint64_t seed, std::uint64_t epoch);
  std::uint64_t operator()(std::uint64_t position) const;

 private:
  std::uint64_t n_;
  int half_bits_;
  std::array<std::uint64_t, 8> keys_;
};

}  // namespace doppel::dataset
