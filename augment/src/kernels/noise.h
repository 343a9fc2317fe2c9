// Random numbers for pixels: a function of (seed, plane, row, place), so that any strip can be computed
// alone.
#pragma once

#include <array>
#include <cstdint>

namespace doppel::augment {

/// Names one row's random sequence: word i is mix(add + i · odd), mix being Wellons' lowbias32
/// (nullprogram.com, "Prospecting for hash functions"): counter-based, eight instructions a word.
struct RowKey {
  std::uint32_t add = 0, odd = 1;
  /// The key of a row (SplitMix64 of all three).
  static RowKey of(std::uint64_t seed, int plane, int row);
};

/// Rows are drawn in blocks of this many.
inline constexpr int kNoiseBlock = 128;
using NoiseBlock = std::array<float, kNoiseBlock>;
using WordBlock = std::array<std::uint32_t, kNoiseBlock>;

/// Words [128·block, 128·block + 128) of a row.
void random_words(const RowKey& key, int block, WordBlock& words);
/// Uniform in [0, 1), 24 bits.
void uniform_noise(const RowKey& key, int block, NoiseBlock& out);
/// Number i of the same sequence, alone.
float uniform_at(const RowKey& key, int i);
/// Standard normal by Box and Muller 1958 from one word a pair: 18 bits for the radius (at most 5.1), 14 for
/// the angle.
void normal_noise(const RowKey& key, int block, NoiseBlock& out);
/// Laplace of deviation 1.
void laplace_noise(const RowKey& key, int block, NoiseBlock& out);
/// out[i] = a Poisson number of mean[i] >= 0: exact inversion up to mean 4, beyond by a normal with the
/// skew's correction (Cornish and Fisher 1938), rounded.
void poisson_noise(const RowKey& key, int block, const float* mean, int n, float* out);

/// v[i] = clamp(v[i] + std · n) over a row of n normals.
void add_normal(const RowKey& key, float std, float* v, int n);
/// v[i] = clamp(v[i] · (1 + std · n)).
void multiply_normal(const RowKey& key, float std, float* v, int n);

}  // namespace doppel::augment
