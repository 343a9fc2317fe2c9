// The order of an epoch, as a pure function: O(1) memory, any position at any time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// A keyed permutation of 0 … n - 1: a Feistel network of 8 rounds over the next even number of bits, walked
/// along its cycle until it lands below n. Different for each (seed, epoch); (0, 1) is unlike (1, 0).
class Shuffle {
 public:
  /// `n`: at least 1.
  Shuffle(std::uint64_t n, std::uint64_t seed, std::uint64_t epoch);
  /// The number at `position`, which must be below n.
  std::uint64_t operator()(std::uint64_t position) const;

 private:
  std::uint64_t n_;
  int half_bits_;
  std::array<std::uint64_t, 8> keys_;
};

/// Picks 0 … n - 1 by weight, any position at any time: an alias table (Walker 1977) and one random number
/// per position.
class Weighted {
 public:
  /// Throws UsageError where a weight is negative or all are 0.
  explicit Weighted(std::span<const double> weights);
  /// The number at any position.
  std::size_t operator()(std::uint64_t position, std::uint64_t seed, std::uint64_t epoch) const;

 private:
  std::vector<double> keep_;
  std::vector<std::size_t> other_;
};

/// Classes in turn, whatever their sizes: any K positions in a row that begin at a multiple of K hold each of
/// K classes once, in a shuffled order; each class's samples come once before any comes again.
class Balanced {
 public:
  /// Samples without a class are left out. Throws UsageError where none has one.
  explicit Balanced(const Source& source);
  /// The sample at any position.
  std::size_t operator()(std::uint64_t position, std::uint64_t seed, std::uint64_t epoch) const;

 private:
  std::vector<std::vector<std::size_t>> classes_;
};

}  // namespace doppel::dataset
