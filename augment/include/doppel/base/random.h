// Counter-based randomness: every draw is a pure function of its address, so nothing depends on call order.
#pragma once

#include <cstdint>
#include <string_view>

namespace doppel {

/// A random stream, as a value. A draw is addressed by (seed, epoch, index, path, purpose) through
/// Philox4x64-10 (Salmon et al. 2011, Random123), never by how many draws came before. So draws are the same
/// for any number of workers and after a resume, and editing one transform leaves every other transform's
/// draws as they were. Distributions are our own and use only exactly rounded arithmetic: the same bits on
/// every machine.
struct Stream {
  std::uint64_t seed = 0;   ///< the run's seed
  std::uint64_t epoch = 0;  ///< how often the data set was seen before
  std::uint64_t index = 0;  ///< the sample's index in its source
  std::uint64_t path = 0;   ///< where in the recipe this stream belongs; see split()
  double share = 0;         ///< of training that is over, 0 to 1: for schedules; no draw depends on it

  /// 64 random bits for `purpose`.
  std::uint64_t bits(std::string_view purpose) const;
  /// Uniform in [low, high); `low` where both are equal.
  double uniform(std::string_view purpose, double low = 0, double high = 1) const;
  /// Normal with the given mean and standard deviation (Wichura's AS 241 inverse of the uniform).
  double normal(std::string_view purpose, double mean = 0, double std = 1) const;
  /// Uniform integer in [low, high], both ends included.
  int integer(std::string_view purpose, int low, int high) const;
  /// True with probability `p`; always for 1, never for 0.
  bool chance(std::string_view purpose, double p) const;
  /// The stream of a part: one of several turns, a child node, a channel.
  Stream split(std::string_view name, std::uint64_t turn = 0) const;
};

}  // namespace doppel
