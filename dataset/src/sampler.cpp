#include "doppel/dataset/sampler.h"

#include <bit>

#include "doppel/augment/random.h"

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
  const augment::Stream stream{.seed = seed, .epoch = epoch};
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

}  // namespace doppel::dataset
