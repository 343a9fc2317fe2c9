// What dropout multiplies by: draws of Philox 4x32 in 10 rounds (Salmon et al., "Parallel Random Numbers: As
// Easy as 1, 2, 3", 2011), many counters at a time, to the same words as Random123's.
#include <algorithm>
#include <cstddef>

#include "kernels.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/dropout_factors.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

constexpr std::size_t kCounters = 32;

/// Four words of each of kCounters counters: lanes of words[k] are counters.
struct PhiloxLanes {
  std::uint32_t words[4][kCounters];

  HWY_INLINE void Round(std::uint32_t key0, std::uint32_t key1) {
    for (std::size_t i = 0; i < kCounters; ++i) {
      const std::uint64_t a = std::uint64_t{0xD2511F53U} * words[0][i],
                          b = std::uint64_t{0xCD9E8D57U} * words[2][i];
      words[0][i] = static_cast<std::uint32_t>(b >> 32) ^ words[1][i] ^ key0;
      words[1][i] = static_cast<std::uint32_t>(b);
      words[2][i] = static_cast<std::uint32_t>(a >> 32) ^ words[3][i] ^ key1;
      words[3][i] = static_cast<std::uint32_t>(a);
    }
  }
};

void DropoutFactors(const DropoutDraws& draws, std::size_t first, std::size_t count,
                    float* HWY_RESTRICT factors) {
  for (std::size_t begin = 0; begin < count; begin += 4 * kCounters) {
    PhiloxLanes lanes;
    for (std::size_t i = 0; i < kCounters; ++i) {
      lanes.words[0][i] = static_cast<std::uint32_t>((first + begin) / 4 + i);
      lanes.words[1][i] = draws.row;
      lanes.words[2][i] = static_cast<std::uint32_t>(draws.step);
      lanes.words[3][i] = static_cast<std::uint32_t>(draws.step >> 32);
    }
    std::uint32_t key0 = draws.key0, key1 = draws.key1;
    for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9U, key1 += 0xBB67AE85U)
      lanes.Round(key0, key1);
    float some[4 * kCounters];
    for (std::size_t i = 0; i < kCounters; ++i)
      for (std::size_t k = 0; k < 4; ++k) some[4 * i + k] = lanes.words[k][i] < draws.limit ? 0 : draws.keep;
    std::copy_n(some, std::min(count - begin, 4 * kCounters), factors + begin);
  }
}

template <class T>
void ScaleEach(const T* HWY_RESTRICT from, const float* HWY_RESTRICT factors, std::size_t count,
               T* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) * factors[i];
}
void Scale(const Numbers& from, const float* factors, std::size_t count, const Numbers& to) {
  Typed(to, [&](auto* p) { ScaleEach(static_cast<const decltype(p)>(from.at), factors, count, p); });
}

template <class T>
void ScalePlanes(const ChannelLayout& l, const T* HWY_RESTRICT from, const float* HWY_RESTRICT factors,
                 T* HWY_RESTRICT to) {
  const auto block = static_cast<std::size_t>(l.block);
  for (int group = 0; group < l.rows * l.groups; ++group, factors += block)
    for (int p = 0; p < l.pixels; ++p, from += block, to += block)
      for (std::size_t c = 0; c < block; ++c) to[c] = static_cast<float>(from[c]) * factors[c];
}
void ScaleChannels(const ChannelLayout& layout, const Numbers& from, const float* factors,
                   const Numbers& to) {
  Typed(to, [&](auto* p) { ScalePlanes(layout, static_cast<const decltype(p)>(from.at), factors, p); });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(DropoutFactors);
HWY_EXPORT(Scale);
HWY_EXPORT(ScaleChannels);

void dropout_factors(const DropoutDraws& draws, std::size_t first, std::size_t count, float* factors) {
  HWY_DYNAMIC_DISPATCH(DropoutFactors)(draws, first, count, factors);
}
void scale(Numbers from, const float* factors, std::size_t count, Numbers to) {
  expect_one_type(from, to);
  HWY_DYNAMIC_DISPATCH(Scale)(from, factors, count, to);
}
void scale_channels(const ChannelLayout& layout, Numbers from, const float* factors, Numbers to) {
  expect_one_type(from, to);
  HWY_DYNAMIC_DISPATCH(ScaleChannels)(layout, from, factors, to);
}

}  // namespace doppel::nn::engine
#endif
