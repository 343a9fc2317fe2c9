#include "noise.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/noise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

template <int N>
HWY_INLINE void Words(std::uint32_t add, std::uint32_t odd, int first, std::uint32_t* HWY_RESTRICT out) {
  for (int i = 0; i < N; ++i) out[i] = MixWord(add + static_cast<std::uint32_t>(first + i) * odd);
}

void RandomWords(std::uint32_t add, std::uint32_t odd, int block, std::uint32_t* HWY_RESTRICT out) {
  Words<kNoiseBlock>(add, odd, block * kNoiseBlock, out);
}

void Uniform(std::uint32_t add, std::uint32_t odd, int block, float* HWY_RESTRICT out) {
  std::uint32_t words[kNoiseBlock];
  Words<kNoiseBlock>(add, odd, block * kNoiseBlock, words);
  for (int i = 0; i < kNoiseBlock; ++i)
    out[i] = static_cast<float>(static_cast<std::int32_t>(words[i] >> 8)) * 0x1p-24F;
}

/// Two normals from each of 64 words: i and i + 64.
HWY_INLINE void NormalBlock(std::uint32_t add, std::uint32_t odd, int block, float* HWY_RESTRICT out) {
  constexpr int kPairs = kNoiseBlock / 2;
  std::uint32_t words[kPairs];
  Words<kPairs>(add, odd, block * kPairs, words);
  for (int i = 0; i < kPairs; ++i) {
    const float u = (static_cast<float>(static_cast<std::int32_t>(words[i] >> 14)) + 0.5F) * 0x1p-18F;
    const float t = (static_cast<float>(static_cast<std::int32_t>(words[i] & 0x3fffU)) - 8191.5F) * 0x1p-14F;
    const float radius = __builtin_sqrtf(-2 * Log(u));
    const float folded = t > 0.25F ? 0.5F - t : t < -0.25F ? -0.5F - t : t;
    out[i] = radius * SinQuarter(0.25F - Magnitude(t));
    out[i + kPairs] = radius * SinQuarter(folded);
  }
}

void Normal(std::uint32_t add, std::uint32_t odd, int block, float* HWY_RESTRICT out) {
  NormalBlock(add, odd, block, out);
}

void Laplace(std::uint32_t add, std::uint32_t odd, int block, float* HWY_RESTRICT out) {
  std::uint32_t words[kNoiseBlock];
  Words<kNoiseBlock>(add, odd, block * kNoiseBlock, words);
  for (int i = 0; i < kNoiseBlock; ++i) {
    const float u = (static_cast<float>(static_cast<std::int32_t>(words[i] >> 9)) + 0.5F) * 0x1p-23F;
    const float size = -Log(u) * 0.70710678F;  // exponential of deviation 1/sqrt(2): Laplace of deviation 1
    out[i] = (words[i] & 1U) != 0 ? size : -size;
  }
}

template <bool kMultiply>
HWY_INLINE void ApplyNormal(std::uint32_t add, std::uint32_t odd, float std, float* HWY_RESTRICT v, int n) {
  float noise[kNoiseBlock];
  for (int first = 0, block = 0; first < n; first += kNoiseBlock, ++block) {
    NormalBlock(add, odd, block, noise);
    const int count = n - first < kNoiseBlock ? n - first : kNoiseBlock;
    float* HWY_RESTRICT p = v + first;
    for (int i = 0; i < count; ++i)
      p[i] = Clamp01(kMultiply ? p[i] * (1 + std * noise[i]) : p[i] + std * noise[i]);
  }
}

void AddNormal(std::uint32_t add, std::uint32_t odd, float std, float* v, int n) {
  ApplyNormal<false>(add, odd, std, v, n);
}
void MultiplyNormal(std::uint32_t add, std::uint32_t odd, float std, float* v, int n) {
  ApplyNormal<true>(add, odd, std, v, n);
}

void Poisson(std::uint32_t add, std::uint32_t odd, int block, const float* HWY_RESTRICT mean, int n,
             float* HWY_RESTRICT out) {
  float normal[kNoiseBlock], uniform[kNoiseBlock];
  constexpr float kExact = 4;
  float least = mean[0], most = mean[0];
  for (int i = 0; i < n; ++i) {
    least = mean[i] < least ? mean[i] : least;
    most = mean[i] > most ? mean[i] : most;
  }
  if (most > kExact) {
    NormalBlock(add, odd, block, normal);
    for (int i = 0; i < n; ++i) {
      // Cornish-Fisher: mean and variance right, skewness to first order.
      const float m = mean[i],
                  v = m + __builtin_sqrtf(m) * normal[i] + (normal[i] * normal[i] - 1) * (1 / 6.F) + 0.5F;
      out[i] = static_cast<float>(static_cast<std::int32_t>(v > 0 ? v : 0));
    }
  }
  if (least > kExact) return;
  Uniform(add ^ 0x5bd1e995U, odd, block, uniform);
  // Inversion, side by side: k grows while the uniform is above the distribution function.
  float p[kNoiseBlock], sum[kNoiseBlock], count[kNoiseBlock];
  for (int i = 0; i < n; ++i) {
    p[i] = Exp(-(mean[i] > kExact ? 0 : mean[i]));
    sum[i] = p[i];
    count[i] = 0;
  }
  for (int k = 1; k < 32; ++k) {
    const float inverse = 1 / static_cast<float>(k);
    float open = 0;
    for (int i = 0; i < n; ++i) {
      const float more = uniform[i] >= sum[i] ? 1.F : 0.F;
      count[i] += more;
      open += more;
      p[i] *= mean[i] * inverse;
      sum[i] += p[i];
    }
    if (open == 0) break;
  }
  for (int i = 0; i < n; ++i) out[i] = mean[i] > kExact ? out[i] : count[i];
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {

HWY_EXPORT(RandomWords);
HWY_EXPORT(Uniform);
HWY_EXPORT(Normal);
HWY_EXPORT(Laplace);
HWY_EXPORT(Poisson);
HWY_EXPORT(AddNormal);
HWY_EXPORT(MultiplyNormal);

std::uint64_t split_mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

RowKey RowKey::of(std::uint64_t seed, int plane, int row) {
  const auto place =
      (static_cast<std::uint64_t>(static_cast<std::uint32_t>(plane)) << 32) | static_cast<std::uint32_t>(row);
  const std::uint64_t key = split_mix(split_mix(seed) ^ place);
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32) | 1U};
}

void random_words(const RowKey& key, int block, WordBlock& words) {
  HWY_DYNAMIC_DISPATCH(RandomWords)(key.add, key.odd, block, words.data());
}
void uniform_noise(const RowKey& key, int block, NoiseBlock& out) {
  HWY_DYNAMIC_DISPATCH(Uniform)(key.add, key.odd, block, out.data());
}
float uniform_at(const RowKey& key, int i) {
  const std::uint32_t word = HWY_STATIC_DISPATCH(MixWord)(key.add + static_cast<std::uint32_t>(i) * key.odd);
  return static_cast<float>(word >> 8) * 0x1p-24F;
}
void normal_noise(const RowKey& key, int block, NoiseBlock& out) {
  HWY_DYNAMIC_DISPATCH(Normal)(key.add, key.odd, block, out.data());
}
void laplace_noise(const RowKey& key, int block, NoiseBlock& out) {
  HWY_DYNAMIC_DISPATCH(Laplace)(key.add, key.odd, block, out.data());
}
void poisson_noise(const RowKey& key, int block, const float* mean, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(Poisson)(key.add, key.odd, block, mean, n, out);
}
void add_normal(const RowKey& key, float std, float* v, int n) {
  HWY_DYNAMIC_DISPATCH(AddNormal)(key.add, key.odd, std, v, n);
}
void multiply_normal(const RowKey& key, float std, float* v, int n) {
  HWY_DYNAMIC_DISPATCH(MultiplyNormal)(key.add, key.odd, std, v, n);
}

}  // namespace doppel::augment
#endif
